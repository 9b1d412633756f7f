interface KnownImage {
  /** Of the names that the publisher gives. What it captures is the version. */
  readonly name: RegExp;
  readonly says: string;
  /** The first versions that come with the agent, each the first of its line. Empty: none does. */
  readonly since: readonly string[];
}

/** EC2 User Guide, "Install EC2 Instance Connect on your EC2 instances". The first that matches decides. */
const knownImages: readonly KnownImage[] = [
  { name: /^al2023-ami-minimal-/, says: "Amazon Linux 2023 (minimal)", since: [] },
  { name: /^al2023-ami-(2023\.\d+)/, says: "Amazon Linux 2023", since: ["2023"] },
  { name: /^amzn2-ami-(?:kernel-[\d.]+-)?hvm-(2\.0\.\d{8})/, says: "Amazon Linux 2", since: ["2.0.20190618"] },
  { name: /^amzn-ec2-macos-(\d+(?:\.\d+)*)/, says: "macOS", since: ["14.2.1", "13.6.3", "12.7.2"] },
  { name: /^ubuntu\/images\/.*ubuntu-[a-z]+-(\d\d\.\d\d)-/, says: "Ubuntu", since: ["20.04"] },
  { name: /^RHEL-/, says: "Red Hat Enterprise Linux", since: [] },
  { name: /^CentOS Stream /, says: "CentOS Stream", since: [] },
];

/**
 * What is known of an image by its name: whether EC2 Instance Connect's agent is in it, and whose image it is. Undefined for
 * any other image.
 */
export function knownAgent(imageName: string): { readonly hasAgent: boolean; readonly system: string } | undefined {
  for (const { name, says, since } of knownImages) {
    const found = name.exec(imageName);
    if (!found) continue;
    const [, version] = found;
    return { system: says, hasAgent: version !== undefined && isSince(version, since) };
  }
  return undefined;
}

/** A later line than the newest has it too; one between two lines has it if its own line's version is reached. */
function isSince(version: string, since: readonly string[]): boolean {
  const line = (text: string) => Number.parseInt(text, 10);
  const own = since.find((each) => line(each) === line(version));
  if (own !== undefined) return compare(version, own) >= 0;
  return since.length > 0 && line(version) > Math.max(...since.map(line));
}

function compare(one: string, other: string): number {
  const [left, right] = [one.split(".").map(Number), other.split(".").map(Number)];
  const differing = right.findIndex((part, index) => part !== (left[index] ?? 0));
  return differing < 0 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0);
}
