"""What a tensor is made of besides numbers: dtype, shape, device, and the source of random numbers."""
