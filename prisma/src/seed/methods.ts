/** The fourteen methods of the paper, with the papers that brought them. Names are the tables'. */

export interface SeedMethod {
  slug: string;
  name: string;
  family: "CONTRASTIVE" | "CLUSTERING" | "SUPERVISED";
  year: number;
  title: string;
  arxiv: string;
  authors: string;
  venue: string;
  /** SimCLR takes inputs in 0 to 1 as they are; all others are normalised by ImageNet's mean and deviation. */
  normalised: boolean;
}

const swav = {
  year: 2020,
  title: "Unsupervised Learning of Visual Features by Contrasting Cluster Assignments",
  arxiv: "2006.09882",
  authors:
    "Caron, Mathilde and Misra, Ishan and Mairal, Julien and Goyal, Priya and Bojanowski, Piotr and Joulin, Armand",
  venue: "Advances in Neural Information Processing Systems",
  normalised: true,
};

const pcl = {
  year: 2021,
  title: "Prototypical Contrastive Learning of Unsupervised Representations",
  arxiv: "2005.04966",
  authors: "Li, Junnan and Zhou, Pan and Xiong, Caiming and Hoi, Steven C. H.",
  venue: "International Conference on Learning Representations",
  normalised: true,
};

export const methods: readonly SeedMethod[] = [
  {
    slug: "insdis",
    name: "InsDis",
    family: "CONTRASTIVE",
    year: 2018,
    title: "Unsupervised Feature Learning via Non-Parametric Instance Discrimination",
    arxiv: "1805.01978",
    authors: "Wu, Zhirong and Xiong, Yuanjun and Yu, Stella X. and Lin, Dahua",
    venue: "IEEE Conference on Computer Vision and Pattern Recognition",
    normalised: true,
  },
  {
    slug: "moco-v1",
    name: "MoCo-v1",
    family: "CONTRASTIVE",
    year: 2020,
    title: "Momentum Contrast for Unsupervised Visual Representation Learning",
    arxiv: "1911.05722",
    authors: "He, Kaiming and Fan, Haoqi and Wu, Yuxin and Xie, Saining and Girshick, Ross",
    venue: "IEEE/CVF Conference on Computer Vision and Pattern Recognition",
    normalised: true,
  },
  { slug: "pcl-v1", name: "PCL-v1", family: "CLUSTERING", ...pcl },
  {
    slug: "pirl",
    name: "PIRL",
    family: "CONTRASTIVE",
    year: 2020,
    title: "Self-Supervised Learning of Pretext-Invariant Representations",
    arxiv: "1912.01991",
    authors: "Misra, Ishan and van der Maaten, Laurens",
    venue: "IEEE/CVF Conference on Computer Vision and Pattern Recognition",
    normalised: true,
  },
  { slug: "pcl-v2", name: "PCL-v2", family: "CLUSTERING", ...pcl },
  {
    slug: "simclr-v1",
    name: "SimCLR-v1",
    family: "CONTRASTIVE",
    year: 2020,
    title: "A Simple Framework for Contrastive Learning of Visual Representations",
    arxiv: "2002.05709",
    authors: "Chen, Ting and Kornblith, Simon and Norouzi, Mohammad and Hinton, Geoffrey",
    venue: "International Conference on Machine Learning",
    normalised: false,
  },
  {
    slug: "moco-v2",
    name: "MoCo-v2",
    family: "CONTRASTIVE",
    year: 2020,
    title: "Improved Baselines with Momentum Contrastive Learning",
    arxiv: "2003.04297",
    authors: "Chen, Xinlei and Fan, Haoqi and Girshick, Ross and He, Kaiming",
    venue: "arXiv preprint arXiv:2003.04297",
    normalised: true,
  },
  {
    slug: "simclr-v2",
    name: "SimCLR-v2",
    family: "CONTRASTIVE",
    year: 2020,
    title: "Big Self-Supervised Models are Strong Semi-Supervised Learners",
    arxiv: "2006.10029",
    authors:
      "Chen, Ting and Kornblith, Simon and Swersky, Kevin and Norouzi, Mohammad and Hinton, Geoffrey E.",
    venue: "Advances in Neural Information Processing Systems",
    normalised: false,
  },
  { slug: "sela-v2", name: "SeLa-v2", family: "CLUSTERING", ...swav },
  {
    slug: "infomin",
    name: "InfoMin",
    family: "CONTRASTIVE",
    year: 2020,
    title: "What Makes for Good Views for Contrastive Learning?",
    arxiv: "2005.10243",
    authors:
      "Tian, Yonglong and Sun, Chen and Poole, Ben and Krishnan, Dilip and Schmid, Cordelia and Isola, Phillip",
    venue: "Advances in Neural Information Processing Systems",
    normalised: true,
  },
  {
    slug: "byol",
    name: "BYOL",
    family: "CONTRASTIVE",
    year: 2020,
    title: "Bootstrap Your Own Latent: A New Approach to Self-Supervised Learning",
    arxiv: "2006.07733",
    authors:
      "Grill, Jean-Bastien and Strub, Florian and Altch{\\'e}, Florent and Tallec, Corentin and Richemond, Pierre H. and others",
    venue: "Advances in Neural Information Processing Systems",
    normalised: true,
  },
  { slug: "deepcluster-v2", name: "DeepCluster-v2", family: "CLUSTERING", ...swav },
  { slug: "swav", name: "SwAV", family: "CLUSTERING", ...swav },
  {
    slug: "supervised",
    name: "Supervised",
    family: "SUPERVISED",
    year: 2016,
    title: "Deep Residual Learning for Image Recognition",
    arxiv: "1512.03385",
    authors: "He, Kaiming and Zhang, Xiangyu and Ren, Shaoqing and Sun, Jian",
    venue: "IEEE Conference on Computer Vision and Pattern Recognition",
    normalised: true,
  },
];

export function bibtexOf({ slug, title, authors, year, venue, arxiv }: SeedMethod): string {
  const preprint = venue.startsWith("arXiv");
  return [
    `@${preprint ? "article" : "inproceedings"}{${slug},`,
    `  title = {{${title}}},`,
    `  author = {${authors}},`,
    `  ${preprint ? "journal" : "booktitle"} = {${venue}},`,
    `  year = {${year}},`,
    `  eprint = {${arxiv}},`,
    "  archivePrefix = {arXiv}",
    "}",
  ].join("\n");
}
