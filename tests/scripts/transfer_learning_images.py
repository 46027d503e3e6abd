"""Tutorial: transfer learning for images. ImageFolder, ResNet-18, its last layer replaced, all the rest frozen."""

import os
import time

import numpy as np
import torch
import torch.backends.cudnn as cudnn
import torch.nn as nn
import torch.optim as optim
import torchvision
from torch.optim import lr_scheduler
from torchvision import datasets, models, transforms

cudnn.benchmark = True
data_transforms = {
    "train": transforms.Compose(
        [
            transforms.Resize(48),
            transforms.CenterCrop(48),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    ),
    "val": transforms.Compose(
        [
            transforms.Resize(48),
            transforms.CenterCrop(48),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    ),
}
data_dir = "data/ants_and_bees"
image_datasets = {x: datasets.ImageFolder(os.path.join(data_dir, x), data_transforms[x]) for x in ["train", "val"]}
dataloaders = {
    x: torch.utils.data.DataLoader(image_datasets[x], batch_size=5, shuffle=False, num_workers=0)
    for x in ["train", "val"]
}
dataset_sizes = {x: len(image_datasets[x]) for x in ["train", "val"]}
class_names = image_datasets["train"].classes
device = torch.device("cuda:0" if torch.cuda.is_available() else "cpu")
print(dataset_sizes, class_names, image_datasets["train"].class_to_idx, device)
inputs, classes = next(iter(dataloaders["train"]))
out = torchvision.utils.make_grid(inputs)
print(out.shape, out.mean(), [class_names[x] for x in classes])


def numpy_weights(module, seed):
    """He's initialisation, from NumPy's generator."""
    rng = np.random.default_rng(seed)
    state = module.state_dict()
    for key, value in state.items():
        if value.dim() > 1:
            fan_in = value[0].numel()
            value.copy_(torch.from_numpy(rng.normal(0, (2 / fan_in) ** 0.5, tuple(value.shape))))
    module.load_state_dict(state)


pretrained = models.resnet18(weights=None)
numpy_weights(pretrained, 0)
torch.save(pretrained.state_dict(), "resnet18.pth")  # stands for the file that one downloads

model_conv = models.resnet18()
model_conv.load_state_dict(torch.load("resnet18.pth"))
for param in model_conv.parameters():
    param.requires_grad = False
num_ftrs = model_conv.fc.in_features
model_conv.fc = nn.Linear(num_ftrs, 2)
numpy_weights(model_conv.fc, 1)
nn.init.zeros_(model_conv.fc.bias)
model_conv = model_conv.to(device)
print(num_ftrs, sum(p.numel() for p in model_conv.parameters() if p.requires_grad))
criterion = nn.CrossEntropyLoss()
optimizer_conv = optim.SGD(model_conv.fc.parameters(), lr=0.01, momentum=0.9)
exp_lr_scheduler = lr_scheduler.StepLR(optimizer_conv, step_size=1, gamma=0.1)


def train_model(model, criterion, optimizer, scheduler, num_epochs=25):
    since = time.time()
    best_model_params_path = os.path.join(".", "best_model_params.pt")
    torch.save(model.state_dict(), best_model_params_path)
    best_acc = 0.0
    for epoch in range(num_epochs):
        print(f"Epoch {epoch}/{num_epochs - 1}")
        print("-" * 10)
        for phase in ["train", "val"]:
            if phase == "train":
                model.train()
            else:
                model.eval()
            running_loss = 0.0
            running_corrects = 0
            for inputs, labels in dataloaders[phase]:
                inputs = inputs.to(device)
                labels = labels.to(device)
                optimizer.zero_grad()
                with torch.set_grad_enabled(phase == "train"):
                    outputs = model(inputs)
                    _, preds = torch.max(outputs, 1)
                    loss = criterion(outputs, labels)
                    if phase == "train":
                        loss.backward()
                        optimizer.step()
                running_loss += loss.item() * inputs.size(0)
                running_corrects += torch.sum(preds == labels.data)
            if phase == "train":
                scheduler.step()
            epoch_loss = running_loss / dataset_sizes[phase]
            epoch_acc = running_corrects.double() / dataset_sizes[phase]
            print(f"{phase} Loss: {epoch_loss:.4f} Acc: {epoch_acc:.4f}")
            if phase == "val" and epoch_acc > best_acc:
                best_acc = epoch_acc
                torch.save(model.state_dict(), best_model_params_path)
        print()
    time_elapsed = time.time() - since
    print(f"Training complete in {time_elapsed // 600:.0f} times ten minutes")
    print(f"Best val Acc: {best_acc:4f}")
    model.load_state_dict(torch.load(best_model_params_path, weights_only=True))
    return model


model_conv = train_model(model_conv, criterion, optimizer_conv, exp_lr_scheduler, num_epochs=2)
same = [torch.equal(a, b) for a, b in zip(model_conv.layer4.parameters(), pretrained.layer4.parameters())]
print(all(same), model_conv.bn1.num_batches_tracked, model_conv.bn1.running_mean[:3], model_conv.fc.bias)
