/** The events of EC2 about instances: each rule's id, what it takes, and its pattern. */
export const instanceEvents = [
  [
    "StateChanges",
    "instances that start, stop or end",
    { source: ["aws.ec2"], "detail-type": ["EC2 Instance State-change Notification"] },
  ],
  [
    "TagChanges",
    "tags of instances that change",
    {
      source: ["aws.tag"],
      "detail-type": ["Tag Change on Resource"],
      detail: { service: ["ec2"], "resource-type": ["instance"] },
    },
  ],
] as const satisfies readonly (readonly [string, string, object])[];

/** Where they come from. */
export const instanceEventSources = instanceEvents.map(([, , { source }]) => source[0]);
