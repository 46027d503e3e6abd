"""Exercise: learning-rate schedules, printed epoch by epoch."""

import torch
from torch import nn, optim
from torch.optim.lr_scheduler import (
    ConstantLR,
    CosineAnnealingLR,
    CosineAnnealingWarmRestarts,
    CyclicLR,
    ExponentialLR,
    LambdaLR,
    LinearLR,
    MultiStepLR,
    OneCycleLR,
    PolynomialLR,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
    _LRScheduler,
)


class WarmUp(_LRScheduler):
    """A student's own schedule."""

    def __init__(self, optimizer, total_iters, last_epoch=-1):
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self):
        return [base_lr * self.last_epoch / (self.total_iters + 1e-8) for base_lr in self.base_lrs]


net = nn.Linear(2, 1)
makers = {
    "step": lambda o: StepLR(o, step_size=3, gamma=0.5),
    "multistep": lambda o: MultiStepLR(o, [2, 5]),
    "exponential": lambda o: ExponentialLR(o, 0.9),
    "cosine": lambda o: CosineAnnealingLR(o, T_max=5, eta_min=1e-3),
    "restarts": lambda o: CosineAnnealingWarmRestarts(o, T_0=3, T_mult=2),
    "lambda": lambda o: LambdaLR(o, lr_lambda=lambda epoch: 0.95**epoch),
    "onecycle": lambda o: OneCycleLR(o, max_lr=0.1, steps_per_epoch=2, epochs=5),
    "cyclic": lambda o: CyclicLR(o, base_lr=0.01, max_lr=0.1, step_size_up=3),
    "linear": lambda o: LinearLR(o, start_factor=0.1, total_iters=4),
    "polynomial": lambda o: PolynomialLR(o, total_iters=6, power=2),
    "sequential": lambda o: SequentialLR(o, [ConstantLR(o, 0.1, 2), ExponentialLR(o, 0.5)], milestones=[3]),
    "own": lambda o: WarmUp(o, 4),
}
for name, make in makers.items():
    optimizer = optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    scheduler = make(optimizer)
    lrs = []
    for epoch in range(8):
        lrs.append(optimizer.param_groups[0]["lr"])
        optimizer.zero_grad()
        net(torch.ones(1, 2)).sum().backward()
        optimizer.step()
        scheduler.step()
    print(
        name, [round(float(lr), 6) for lr in lrs], f"{optimizer.param_groups[0]['momentum']:.4f}", scheduler.last_epoch
    )

optimizer = optim.Adam(net.parameters(), lr=1.0)
plateau = ReduceLROnPlateau(optimizer, mode="min", factor=0.1, patience=1)
for loss in [1.0, 0.9, 0.95, 0.92, 0.91, 0.5, 0.6, 0.7, 0.8]:
    plateau.step(loss)
    print(loss, optimizer.param_groups[0]["lr"], plateau.num_bad_epochs, plateau.get_last_lr())
print(sorted(StepLR(optimizer, 2).state_dict().items()))
print(optimizer)
for maker in (
    optim.SGD,
    optim.RMSprop,
    optim.Adagrad,
    optim.Adadelta,
    optim.Adamax,
    optim.NAdam,
    optim.RAdam,
    optim.AdamW,
):
    print(maker(net.parameters(), lr=0.5))
