"""Tutorial: looking inside. Forward hooks, saliency, FGSM, class activation maps, gradient ascent."""

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

rng = np.random.default_rng(6)
model = nn.Sequential()
model.add_module("conv1", nn.Conv2d(1, 4, 3, padding=1))
model.add_module("relu1", nn.ReLU())
model.add_module("pool", nn.MaxPool2d(2))
model.add_module("conv2", nn.Conv2d(4, 6, 3, padding=1))
model.add_module("relu2", nn.ReLU())
model.add_module("gap", nn.AdaptiveAvgPool2d(1))
model.add_module("flatten", nn.Flatten())
model.add_module("fc", nn.Linear(6, 3))
for p in model.parameters():
    nn.init.constant_(p, 0.0)
    p.data += torch.as_tensor(rng.standard_normal(p.shape) * 0.4)
model.eval()
images = torch.as_tensor(rng.random((5, 1, 8, 8)), dtype=torch.float32)
labels = torch.tensor([0, 1, 2, 0, 1])

activation = {}


def get_activation(name):
    def hook(module, input, output):
        activation[name] = output.detach()

    return hook


handles = [layer.register_forward_hook(get_activation(name)) for name, layer in model.named_children()]
out = model(images)
for name, value in activation.items():
    print(
        name, tuple(value.shape), f"mean {value.mean():.4f} std {value.std():.4f}", (value == 0).float().mean().item()
    )
for handle in handles:
    handle.remove()
features = []
handle = model.gap.register_forward_hook(lambda m, i, o: features.append(o.squeeze().cpu().numpy()))
with torch.no_grad():
    for batch in images.split(2):
        model(batch)
handle.remove()
print(np.concatenate([f.reshape(-1, 6) for f in features]).shape, len(features))
pre = model.fc.register_forward_pre_hook(lambda module, args: (args[0] * 2,))
doubled = model(images)
pre.remove()
print(doubled[0], model(images)[0])
grads = {}
bh = model.conv2.register_full_backward_hook(lambda m, gi, go: grads.update(conv2=(gi[0].shape, go[0].abs().sum())))
model(images).sum().backward()
print(grads)
bh.remove()
model.zero_grad()
print(model.conv1.weight.grad)

# saliency
x = images.clone().requires_grad_()
scores = model(x)
score = scores.gather(1, labels.view(-1, 1)).squeeze().sum()
score.backward()
saliency, _ = torch.max(x.grad.data.abs(), dim=1)
print(saliency.shape, saliency[0], model.conv1.weight.grad is not None)


# FGSM
def fgsm_attack(image, epsilon, data_grad):
    sign_data_grad = data_grad.sign()
    perturbed_image = image + epsilon * sign_data_grad
    return torch.clamp(perturbed_image, 0, 1)


for epsilon in [0, 0.05, 0.3]:
    correct, adv_examples = 0, []
    for data, target in zip(images.split(1), labels.split(1)):
        data = data.clone()
        data.requires_grad = True
        output = model(data)
        init_pred = output.max(1, keepdim=True)[1]
        loss = F.nll_loss(F.log_softmax(output, dim=1), target)
        model.zero_grad()
        loss.backward()
        perturbed = fgsm_attack(data, epsilon, data.grad.data)
        final_pred = model(perturbed).max(1, keepdim=True)[1]
        correct += final_pred.item() == target.item()
        adv_examples.append((init_pred.item(), final_pred.item(), perturbed.squeeze().detach().cpu().numpy().mean()))
    print(f"Epsilon: {epsilon}\tTest Accuracy = {correct} / {len(labels)} = {correct / len(labels)}")
    print([(a, b) for a, b, _ in adv_examples], f"{np.mean([m for *_, m in adv_examples]):.4f}")

# Grad-CAM
store = {}
h1 = model.relu2.register_forward_hook(lambda m, i, o: (store.update(act=o), o.retain_grad())[0])
logits = model(images[:1])
logits[0, 1].backward()
weights = store["act"].grad.mean(dim=(2, 3), keepdim=True)
cam = F.relu((weights * store["act"]).sum(dim=1, keepdim=True))
cam = F.interpolate(cam, size=(8, 8), mode="bilinear", align_corners=False)
print(cam.shape, cam.detach().squeeze()[:2], cam.min() >= 0)
h1.remove()

# gradient ascent on the input
img = torch.zeros(1, 1, 8, 8, requires_grad=True)
opt = torch.optim.Adam([img], lr=0.1)
for step in range(5):
    opt.zero_grad()
    loss = -model(img)[0, 2] + 1e-3 * img.norm()
    loss.backward()
    opt.step()
    print(step, loss.item())
print(model.conv1.weight.data.view(4, -1).norm(dim=1), [n for n, _ in model.named_modules()])
