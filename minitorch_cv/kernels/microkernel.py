"""The heart of every convolution and matrix product: one small block of the result, held in registers.

`rows_by_table(...)` and `packed_rows(...)` compute, for BLOCK_ROWS rows r and PANEL columns n (target.py),

    c[c0 + c_rows[cr + r] + n] = bias[bias0 + n] + sum over t < taps and d < depth of
                                 left(r, t, d) * b[b0 + (t*depth + d)*b_step + n], but not less than low

- `rows_by_table`: left(r, t, d) = a[a0 + a_rows[ar + r] + a_taps[at + t] + d]. Rows lie anywhere: the window of one
  output pixel is row r, its lines are the taps, the pixels and channels of a line are the depth. A convolution needs no
  im2col matrix.
- `packed_rows`: left(r, t, d) = a[a0 + a_taps[at + t] + d*a_step + r]. The rows lie side by side: a left-hand side that
  is packed in panels, or the transpose of one that is not.

Arguments, in order: `taps, depth, a, a0, a_rows, ar, a_taps, at, a_step, b, b0, b_step, c, c0, c_rows, cr, rows,
columns, bias, bias0, accumulate, low`. Arrays are 1-d and contiguous: a, b, c, bias float32, the tables int64. `taps`
and `depth` are at least 1. Only the first `rows` rows and `columns` columns are stored, but all BLOCK_ROWS rows of a
and all PANEL columns of b and of the bias are read: pad a table with a valid row, b and the bias with anything. With
`accumulate` the result is added to what c holds. `low` (float32) is minus infinity, or 0 for a ReLU; NaN stays NaN.
`rows_by_table_narrow` and `packed_rows_narrow` are the same with one vector of columns (VL) instead of two.

Why it is fast: a processor can start two vector multiply-adds a cycle, but the result of one is there only four cycles
later, and a number that has to come from memory comes at most two or three times a cycle. In a block of 14 rows and 2
vectors, 28 sums are under way at any time, none waiting for another, and 16 loads serve 28 multiply-adds. A plain loop
does one sum at a time and loads two numbers for each: that is the factor of ten. The parts of a and b that a caller
passes should stay in cache while they are used. docs/kernels.md tells the whole story.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import types

from minitorch_cv.kernels import simd
from minitorch_cv.kernels.simd import INT64, VECTOR, address, as_vector
from minitorch_cv.kernels.target import BLOCK_ROWS, BLOCK_VECTORS, VL


def _block_product(vectors: int, packed: bool) -> Any:
    """The instruction for blocks of BLOCK_ROWS x vectors*VL."""

    @simd.instruction(_stand_in(vectors, packed))
    def block_product(typing_context, taps, depth, a, a0, a_rows, ar, a_taps, at, a_step, b, b0, b_step, c, c0,
                      c_rows, cr, rows, columns, bias, bias0, accumulate, low):  # fmt: skip
        def generate(context, builder, signature, arguments):
            _generate(context, builder, signature, arguments, vectors, packed)
            return context.get_dummy_value()

        i = types.intp
        return types.void(
            i, i, a, i, a_rows, i, a_taps, i, i, b, i, i, c, i, c_rows, i, i, i, bias, i, types.boolean, types.float32
        ), generate

    return block_product


def _generate(context: Any, builder: Any, signature: Any, arguments: Any, vectors: int, packed: bool) -> None:
    (taps, depth, _, a0, _, ar, _, at, a_step, _, b0, b_step, _, c0, _, cr,
     rows, columns, _, bias0, accumulate, low) = arguments  # fmt: skip
    kinds = signature.args

    def pointer(position: int, index: Any) -> Any:
        return address(context, builder, kinds[position], arguments[position], index)

    def entry(table: Any, index: int) -> Any:
        return builder.load(builder.gep(table, [INT64(index)]))

    cells = [(r, v) for r in range(BLOCK_ROWS) for v in range(vectors)]
    left, tap_table, right, result = pointer(2, a0), pointer(6, at), pointer(9, b0), pointer(12, c0)
    row_offsets = [INT64(r) for r in range(BLOCK_ROWS)]
    if not packed:
        row_table = pointer(4, ar)
        row_offsets = [entry(row_table, r) for r in range(BLOCK_ROWS)]
    bias_pointer = pointer(18, bias0)
    initial = [
        builder.load(as_vector(builder, builder.gep(bias_pointer, [INT64(v * VL)])), align=4) for v in range(vectors)
    ]

    # for t in range(taps): for d in range(depth): one multiply-add for each cell
    before = builder.block
    tap_loop, depth_loop, tap_end, end = (
        builder.append_basic_block(name) for name in ("tap_loop", "depth_loop", "tap_end", "end")
    )
    builder.branch(tap_loop)

    builder.position_at_end(tap_loop)
    t = builder.phi(INT64)
    t.add_incoming(INT64(0), before)
    at_tap = {cell: builder.phi(VECTOR) for cell in cells}
    tap_left = builder.gep(left, [builder.load(builder.gep(tap_table, [t]))])
    tap_right = builder.mul(t, depth)
    builder.branch(depth_loop)

    builder.position_at_end(depth_loop)
    d = builder.phi(INT64)
    d.add_incoming(INT64(0), tap_loop)
    sums = {cell: builder.phi(VECTOR) for cell in cells}
    a = builder.gep(tap_left, [builder.mul(d, a_step) if packed else d])
    b = builder.gep(right, [builder.mul(builder.add(tap_right, d), b_step)])
    b_vectors = [builder.load(as_vector(builder, builder.gep(b, [INT64(v * VL)])), align=4) for v in range(vectors)]
    new_sums = {}
    for r in range(BLOCK_ROWS):
        a_number = simd.broadcast(builder, builder.load(builder.gep(a, [row_offsets[r]])))
        for v in range(vectors):
            new_sums[r, v] = simd.multiply_add(builder, a_number, b_vectors[v], sums[r, v])
    next_d = builder.add(d, INT64(1))
    d.add_incoming(next_d, depth_loop)
    for r, v in cells:
        at_tap[r, v].add_incoming(initial[v], before)
        sums[r, v].add_incoming(at_tap[r, v], tap_loop)
        sums[r, v].add_incoming(new_sums[r, v], depth_loop)
    builder.cbranch(builder.icmp_signed("<", next_d, depth), depth_loop, tap_end)

    builder.position_at_end(tap_end)
    next_t = builder.add(t, INT64(1))
    t.add_incoming(next_t, tap_end)
    for cell in cells:
        at_tap[cell].add_incoming(new_sums[cell], tap_end)
    builder.cbranch(builder.icmp_signed("<", next_t, taps), tap_loop, end)

    # Store row after row, and leave after the last one that is wanted. What c holds is read only to add to it: a load
    # right behind a store to a part of the same bytes, as where a row of c is shorter than a vector, waits for it.
    builder.position_at_end(end)
    lanes = [simd.first_lanes(builder, builder.sub(columns, INT64(v * VL))) for v in range(vectors)]
    lowest = simd.broadcast(builder, low)
    out_table = pointer(14, cr)
    stored = builder.append_basic_block("stored")
    for r in range(BLOCK_ROWS):
        wanted, add_row, store_row = (builder.append_basic_block(name) for name in ("wanted", "add_row", "store_row"))
        builder.cbranch(builder.icmp_signed("<", INT64(r), rows), wanted, stored)
        builder.position_at_end(wanted)
        row = builder.gep(result, [entry(out_table, r)])
        targets = [builder.gep(row, [INT64(v * VL)]) for v in range(vectors)]
        builder.cbranch(accumulate, add_row, store_row)
        builder.position_at_end(add_row)
        added = [builder.fadd(new_sums[r, v], simd.load_masked(builder, targets[v], lanes[v])) for v in range(vectors)]
        builder.branch(store_row)
        builder.position_at_end(store_row)
        values = [builder.phi(VECTOR) for _ in range(vectors)]
        for v, value in enumerate(values):
            value.add_incoming(new_sums[r, v], wanted)
            value.add_incoming(added[v], add_row)
        for v, value in enumerate(values):
            held = builder.select(builder.fcmp_unordered(">", value, lowest), value, lowest)  # a NaN is unordered
            simd.store_masked(builder, held, targets[v], lanes[v])
    builder.branch(stored)
    builder.position_at_end(stored)


def _stand_in(vectors: int, packed: bool) -> Callable[..., None]:
    width = vectors * VL

    def block_product(taps, depth, a, a0, a_rows, ar, a_taps, at, a_step, b, b0, b_step, c, c0,
                      c_rows, cr, rows, columns, bias, bias0, accumulate, low):  # fmt: skip
        rows_of_a = np.arange(BLOCK_ROWS) if packed else a_rows[ar : ar + BLOCK_ROWS]
        steps = np.arange(depth) * (a_step if packed else 1)
        along = (a_taps[at : at + taps, None] + steps).reshape(-1)
        left = a[a0 + rows_of_a[:, None] + along]
        right = b[b0 + np.arange(taps * depth)[:, None] * b_step + np.arange(width)]
        product = (left @ right + bias[bias0 : bias0 + width])[: max(rows, 0), : max(columns, 0)]
        places = c0 + c_rows[cr : cr + len(product), None] + np.arange(product.shape[1])
        c[places] = np.maximum(product + c[places] if accumulate else product, low)

    return block_product


rows_by_table = _block_product(BLOCK_VECTORS, packed=False)
rows_by_table_narrow = _block_product(1, packed=False)
packed_rows = _block_product(BLOCK_VECTORS, packed=True)
packed_rows_narrow = _block_product(1, packed=True)
