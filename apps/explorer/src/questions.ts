/** Research questions that the explorer opens with: each is a whole query, and each answers today. */
export interface Question {
  readonly title: string;
  readonly query: string;
}

export const questions: readonly Question[] = [
  {
    title: "Does ImageNet accuracy predict linear transfer?",
    query: `query ImageNetAgainstLinear {
  correlation(x: { measure: "imagenet/imagenet/top1" }, y: { suite: "many-shot-linear" }) {
    n
    coefficient
    pValue
    interval { lower upper }
    withoutFamily { family coefficient n }
  }
}`,
  },
  {
    title: "What predicts segmentation best?",
    query: `query PredictorsOfSegmentation {
  predictors(of: { suite: "segmentation" }) {
    predictors(first: 10) {
      variable { title }
      n
      skill
      error
      errorInterval { lower upper }
      adjustedPValue
    }
  }
}`,
  },
  {
    title: "Do longer pretraining schedules transfer better?",
    query: `query EpochsAgainstTransfer {
  correlation(
    x: { pretraining: EPOCHS }
    y: { suite: "many-shot-linear" }
    coefficient: SPEARMAN
    given: { pretraining: BATCH_SIZE }
  ) {
    n
    coefficient
    pValue
    partial { given n coefficient pValue }
    points { method { name } rawX rawY }
  }
}`,
  },
  {
    title: "Which methods cannot be told apart?",
    query: `query RankIntervals {
  leaderboard(suite: "many-shot-linear", first: 20) {
    nodes {
      rank
      rankInterval { lower upper group }
      otherRanks { aggregate rank }
      method { name }
    }
  }
}`,
  },
  {
    title: "Who is best on each measure?",
    query: `query BestOnEachMeasure {
  bestOnMeasures(suite: "overview") {
    measure { title metric { unit } }
    best { method { name } cell { value } }
    next { method { name } cell { value } }
  }
}`,
  },
  {
    title: "Do methods with a momentum encoder do better?",
    query: `query ByMomentumEncoder {
  methodGroups(by: { pretraining: MOMENTUM_ENCODER }, of: { suite: "detection-finetune" }, transform: NONE) {
    groups { key n mean min max methods { name } }
  }
}`,
  },
  {
    title: "SwAV or BYOL: how often does each win?",
    query: `query SwavAgainstByol {
  compare(methods: ["swav", "byol"]) {
    duels { method { name } opponent { name } wins losses ties close pValue }
  }
}`,
  },
  {
    title: "What changed lately?",
    query: `query LatestChanges {
  changes(first: 5) {
    nodes {
      kind
      at
      entries
      methods { name }
      reason
      effects { suite { title } before after amongAll }
    }
  }
}`,
  },
];
