"""What Pillow and torchvision make of nine colours: prints expected.json. Run by Pillow 9.4, torchvision 0.14."""
import numpy as np, json, torch
from PIL import Image
import torchvision.transforms.functional as F
a=np.array([[[255,0,0],[0,255,0],[0,0,255]],[[10,200,90],[90,10,200],[200,90,10]],[[17,17,17],[250,249,3],[128,64,191]]],dtype=np.uint8)
im=Image.fromarray(a)
out={}
f=lambda i: np.array(i).reshape(-1).tolist()
out['input']=a.reshape(-1).tolist()
out['grey']=f(F.rgb_to_grayscale(im,3))
for name,fn,vals in [('brightness',F.adjust_brightness,[.25,1.3,5]),('contrast',F.adjust_contrast,[.25,1.3,5]),('saturation',F.adjust_saturation,[.25,1.3,5]),('hue',F.adjust_hue,[-.5,-.1,.3])]:
    for v in vals: out[f'{name} {v}']=f(fn(im,v))
t=torch.from_numpy(a).permute(2,0,1)
b=F.gaussian_blur(t,[3,3],[0.8,0.8]).permute(1,2,0).numpy()
out['blur']=b.reshape(-1).tolist()
out['rotate90']=f(F.rotate(im,90))
out['rotate30']=f(F.rotate(im,30))
print(json.dumps(out))
