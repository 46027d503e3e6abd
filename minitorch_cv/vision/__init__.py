"""Computer vision: datasets, transforms and models under torchvision's names."""
