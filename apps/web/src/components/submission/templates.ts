/** Files to begin with: each can be sent as it stands. */
export const csvTemplate = `method,name,family,source,measure,value,lower,upper,sample_size
owl,Owl,CONTRASTIVE,https://example.org/owl,segmentation/ade20k/mean-iou,0.3121,0.3082,0.316,2000
,,,,segmentation/ade20k/pixel-accuracy,75.4,,,
`;

export const jsonTemplate = `{
  "method": { "slug": "owl", "name": "Owl", "family": "CONTRASTIVE" },
  "source": "https://example.org/owl",
  "values": [
    {
      "measure": "segmentation/ade20k/mean-iou",
      "value": 0.3121,
      "interval": { "lower": 0.3082, "upper": 0.316 },
      "sampleSize": 2000
    },
    { "measure": "segmentation/ade20k/pixel-accuracy", "value": 75.4 }
  ]
}
`;
