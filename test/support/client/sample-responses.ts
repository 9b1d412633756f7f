import type * as z from "zod";
import type { RouteName, Routes } from "../../../contract/routes.ts";

const time = "2026-03-01T12:00:00.000Z";
const fingerprint = "SHA256:uNiVztksCsDhcc0u9e8BrJQXVUpKZIDTMczCvj3tD2s";

const hostKey = {
  type: "ssh-ed25519",
  key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB9mi/PRmniWlz3bAnI9jWYVk9yPG4hWkNSn/Duasj66",
  fingerprint,
  source: "registered",
  observedAt: time,
  trust: "high",
} as const;

const place = { accountId: "111122223333", region: "us-east-1", availabilityZone: "us-east-1a" };

/** web-1 as the API answers with it. */
export const webInstance = {
  instanceId: "i-0123456789abcdef0",
  name: "web-1",
  state: "running",
  ...place,
  vpcId: "vpc-1",
  subnetId: "subnet-1",
  tags: { Name: "web-1", env: "dev" },
  addresses: [
    { address: "203.0.113.10", kind: "public", dnsName: "ec2-203-0-113-10.example", primary: true },
    { address: "10.0.1.10", kind: "private", primary: true },
  ],
  publicIpAddress: "203.0.113.10",
  privateIpAddress: "10.0.1.10",
  observedAt: time,
  defaultOsUser: "ec2-user",
  connectionOptions: [
    { connectionType: "direct", host: "203.0.113.10", port: 22, usable: true },
    { connectionType: "eice", usable: false, reason: "There is no endpoint in the instance's VPC." },
  ],
  hostKeys: [hostKey],
} as const satisfies z.input<Routes["getInstance"]["response"]>;

const accessRequest: z.input<Routes["getAccessRequest"]["response"]> = {
  id: "ar-0123456789abcdef0123456789abcdef-0123456789ab",
  status: "active",
  subject: "alice",
  requestedBy: "111122223333/ChatBot",
  scope: { instanceId: webInstance.instanceId },
  instanceId: webInstance.instanceId,
  osUser: "root",
  durationSeconds: 3600,
  grantedSeconds: 1800,
  reason: "INC-42",
  breakGlass: false,
  requirements: { approvals: 1, reason: true },
  reviews: [{ reviewer: "bob", decision: "approve", comment: "fine", durationSeconds: 1800, at: time }],
  createdAt: time,
  updatedAt: time,
  pendingUntil: time,
  activatedAt: time,
  expiresAt: time,
  extension: {
    id: "ex-0123456789ab",
    status: "approved",
    requestedBy: "alice",
    durationSeconds: 3600,
    grantedSeconds: 1800,
    reason: "it is slow",
    requirements: { approvals: 1, reason: true },
    reviews: [{ reviewer: "erin", decision: "approve", durationSeconds: 1800, at: time }],
    createdAt: time,
    pendingUntil: time,
  },
};

const { instanceId: _, ...unnamed } = accessRequest;
const byTags = { ...unnamed, scope: { tags: { env: "staging", team: "web" } } };

/** One good response of every route, with as much in it as there may be. */
export const sampleResponses: { readonly [Name in RouteName]: z.input<Routes[Name]["response"]> } = {
  createConnection: {
    connectionId: "0f2a4d3e-9b1c-4d5e-8f60-718293a4b5c6",
    instanceId: webInstance.instanceId,
    ...place,
    connectionType: "eice",
    host: "10.0.1.10",
    port: 22,
    user: "ec2-user",
    dnsName: "ip-10-0-1-10.ec2.internal",
    publicKeyFingerprint: fingerprint,
    expiresAt: time,
    serverTime: time,
    requestId: "00000000-0000-4000-8000-000000000000",
    accessRequestId: accessRequest.id,
    accessExpiresAt: time,
    hostKeyAlias: webInstance.instanceId,
    hostKeys: [hostKey],
    hostKeyFingerprint: fingerprint,
    warnings: [{ code: "windows", message: "The instance runs Windows." }],
    tunnel: {
      url: "wss://endpoint.example.com/openTunnel?x=1",
      expiresAt: time,
      maxDurationSeconds: 900,
      endpointId: "eice-0123456789abcdef0",
    },
    ssh: { args: ["-p", "22"], config: "Host x", knownHosts: "" },
  },
  listInstances: { items: [webInstance], nextCursor: "abc" },
  getInstance: webInstance,
  decide: {
    decision: "deny",
    code: "approval-required",
    policies: ["prod-needs-approval"],
    resolved: { connectionType: "eice", host: "10.0.1.10", port: 22, endpointId: "eice-0123456789abcdef0" },
    requirements: { approvals: 1, reason: true },
    warnings: [{ code: "windows", message: "The instance runs Windows." }],
  },
  createAccessRequest: { ...accessRequest, isPreexisting: true },
  listAccessRequests: { items: [accessRequest, byTags] },
  getAccessRequest: accessRequest,
  reviewAccessRequest: byTags,
  extendAccessRequest: accessRequest,
  cancelAccessRequest: accessRequest,
  revokeAccessRequest: { ...accessRequest, status: "revoked", noPushesAfter: time },
  listAuditEvents: {
    items: [
      {
        specversion: "1.0",
        id: "ar-1-1",
        source: "latchkey/local",
        type: "latchkey.access-request.created",
        subject: "access-requests/ar-1",
        time,
        data: { sequence: 1, actor: "alice", requestId: "00000000-0000-4000-8000-000000000000" },
      },
    ],
  },
  getPolicies: { digest: `sha256:${"0".repeat(64)}`, text: '["",{}]' },
  getHostKeys: { hostKeys: [hostKey] },
  putHostKeys: { hostKeys: [hostKey] },
  suspendCaller: { callerId: "dave", isSuspended: true, reason: "stolen", changedBy: "bob", changedAt: time },
  restoreCaller: { callerId: "dave", isSuspended: false, reason: "found", changedBy: "bob", changedAt: time },
  whoAmI: {
    id: "alice",
    kind: "person",
    groups: ["Engineer"],
    frontDoor: "iam",
    sources: ["iam:111122223333/Engineer"],
  },
  health: { status: "ok" },
  openApi: { openapi: "3.1.0", info: {}, paths: {} },
};
