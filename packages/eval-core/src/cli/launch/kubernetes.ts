/** The manifest of a Kubernetes Job whose pods are workers. */
import { posix } from "node:path";
import { CommandError, EXIT } from "../exit-codes.ts";
import type { WorkerShape } from "./worker-command.ts";

export interface KubernetesOptions {
  readonly workers: number;
  readonly image: string;
  /** How the image starts this command. */
  readonly program: readonly string[];
  readonly name: string;
  readonly namespace?: string | undefined;
  readonly cpus: number;
  readonly gpus: number;
  readonly memory: string;
  /** The secret whose key `secretKey` holds what the workers may reach. */
  readonly secret: string;
  readonly secretKey: "DATABASE_URL" | "TRANSFERBOARD_TOKEN";
  /** The volume claim that holds checkpoints, data and cache, mounted where their paths begin. */
  readonly claim: string;
  readonly mount: string;
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

function requireLabel(option: string, value: string): void {
  if (!LABEL.test(value))
    throw new CommandError(
      `${option} must be a name as Kubernetes has them (a to z, digits, dashes, at most 63), not '${value}'`,
      EXIT.usage,
    );
}

/**
 * A pod has the volume's files alone: what lies elsewhere is not there, and a cache is lost with its pod.
 * @throws CommandError naming the path that is not below `mount`
 */
export function requireMounted(
  mount: string,
  { checkpoints, data, cache }: Pick<WorkerShape, "checkpoints" | "data" | "cache">,
): void {
  for (const [name, path] of Object.entries({ checkpoints, data, cache })) {
    if (path === undefined) continue;
    const below = posix.relative(mount, path);
    if (posix.isAbsolute(path) && below !== ".." && !below.startsWith("../")) continue;
    throw new CommandError(
      `--${name} must be a whole path below --mount ${mount}, where pods have the claim's files, not '${path}'`,
      EXIT.usage,
    );
  }
}

/** As data; the command writes it as YAML. A pod that was evicted or lost is replaced, at most ten times each. */
export function jobManifest(command: readonly string[], options: KubernetesOptions): object {
  const { workers, image, program, name, namespace, cpus, gpus, memory, claim, mount } = options;
  const { secret, secretKey } = options;
  requireLabel("--name", name);
  requireLabel("--secret", secret);
  requireLabel("--claim", claim);
  if (namespace !== undefined) requireLabel("--namespace", namespace);
  if (!mount.startsWith("/"))
    throw new CommandError(`--mount must be a whole path, not '${mount}'`, EXIT.usage);
  const resources = { cpu: String(cpus), memory, ...(gpus > 0 ? { "nvidia.com/gpu": String(gpus) } : {}) };
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
    spec: {
      completions: workers,
      parallelism: workers,
      completionMode: "Indexed",
      backoffLimitPerIndex: 10,
      maxFailedIndexes: workers,
      // A worker that gave its job back, or whose node went, is no failure.
      podFailurePolicy: {
        rules: [
          { action: "Ignore", onExitCodes: { operator: "In", values: [EXIT.preempted] } },
          { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget" }] },
        ],
      },
      template: {
        spec: {
          restartPolicy: "Never",
          // Twice what a worker needs to give its job back.
          terminationGracePeriodSeconds: 30,
          containers: [
            {
              name: "worker",
              image,
              command: [...program],
              args: [...command],
              env: [{ name: secretKey, valueFrom: { secretKeyRef: { name: secret, key: secretKey } } }],
              resources: { requests: resources, limits: resources },
              volumeMounts: [{ name: "work", mountPath: mount }],
            },
          ],
          volumes: [{ name: "work", persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
}
