import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { App } from "aws-cdk-lib";
import { recommendedFlags } from "./recommended-flags.ts";
import { TargetStack, type TargetStackProps } from "./target-stack.ts";

/** Bytes: CloudFormation's limit on a template that stands in a request, as that of a stack set does. */
export const mostTemplateBytes = 51_200;

/**
 * The template of a target stack as text, for a stack set.
 *
 * @throws Error if CloudFormation would refuse its size.
 */
export function targetTemplate(id: string, props: TargetStackProps): string {
  const outdir = mkdtempSync(path.join(tmpdir(), "latchkey-target-"));
  try {
    const app = new App({ outdir, context: recommendedFlags });
    const { stackName } = new TargetStack(app, id, props);
    const template = JSON.stringify(app.synth().getStackByName(stackName).template);
    if (Buffer.byteLength(template) > mostTemplateBytes) {
      throw new Error(`the template of ${id} has more than ${mostTemplateBytes} bytes`);
    }
    return template;
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
