import { describeInTargets } from "../../targets/describe-instances.ts";
import { instanceFinder } from "../../targets/find-instance.ts";
import { perTarget } from "../../targets/per-target.ts";
import { instanceReader } from "../ec2/instances.ts";
import type { AwsTargets } from "./aws-targets.ts";

/** Instances of all targets, live: one that a request names, and those that entries of a list are about. */
export function targetInstances({ known, locate, targetEc2 }: AwsTargets) {
  const readerIn = perTarget(known.own, (target) => instanceReader(targetEc2(target), target.region));
  return { findInstance: instanceFinder(locate, readerIn), describeInstances: describeInTargets(known, readerIn) };
}
