import type { Fleet, FleetEndpoint, FleetInstance } from "../fleet/fleet.ts";
import type { FindInTarget } from "../instances/target-instances.ts";
import { getConsoleOutput } from "./console-output.ts";
import { imageFields, instanceFields, matchesFilters, readFilters } from "./ec2-filters.ts";
import { networkOperations } from "./ec2-network.ts";
import { endpointXml, imageXml, instanceXml } from "./ec2-xml.ts";
import { newRequestId, readParameters, type XmlValue, xmlReply } from "./query-protocol.ts";
import { ServiceError, unauthorized } from "./service-error.ts";
import type { Call, Reply, Service } from "./stand-in.ts";
import { TargetFaults } from "./target-faults.ts";

const namespace = "http://ec2.amazonaws.com/doc/2016-11-15/";

const common = [/^Action$/, /^Version$/, /^MaxResults$/, /^NextToken$/];
const filters = [/^Filter\.\d+\.Name$/, /^Filter\.\d+\.Value\.\d+$/];

/** Stand-in for Amazon EC2: the describe calls, with filters and pages, and consoles. Each call is served from its own target. */
export function ec2Service(findIn: FindInTarget<"fleet" | "consoles">, faults = new TargetFaults()): Service {
  const describing = (describe: (call: Call, fleet: Fleet) => Reply) => (call: Call) =>
    describe(call, findIn(call.target).fleet);
  return {
    name: "ec2",
    isInAllRegions: true,
    faultIn: (target) => faults.of(target),
    operationOf: (_, body) => new URLSearchParams(body.toString("utf8")).get("Action") ?? "none",
    operations: {
      DescribeInstances: describing(describeInstances),
      DescribeImages: describing(describeImages),
      DescribeInstanceConnectEndpoints: describing(describeEndpoints),
      ...Object.fromEntries(
        Object.entries(networkOperations).map(([name, describe]) => [
          name,
          (call: Call) => reply(`${name}Response`, describe(call, findIn(call.target).fleet)),
        ]),
      ),
      GetConsoleOutput: (call) => reply("GetConsoleOutputResponse", getConsoleOutput(call, findIn(call.target))),
    },
    describeError: ({ code, message, status }) => {
      const content = { Errors: { Error: { Code: code, Message: message } }, RequestID: newRequestId() };
      return xmlReply("Response", namespace, content, status);
    },
  };
}

function describeInstances(call: Call, fleet: Fleet): Reply {
  const parameters = readParameters(call.body, [...common, ...filters]);
  call.note(Object.fromEntries(parameters));
  authorize(call);
  const wanted = readFilters(parameters);
  const found = fleet.instances.filter((instance) => matchesFilters(instanceFields(instance), wanted));
  const { items, nextToken } = page(found, parameters, 1000);
  const reservation = (instance: FleetInstance): XmlValue => ({
    reservationId: "r-00000000000000000",
    ownerId: fleet.target.accountId,
    instancesSet: [instanceXml(instance)],
  });
  return reply("DescribeInstancesResponse", { reservationSet: items.map(reservation), nextToken });
}

function describeEndpoints(call: Call, fleet: Fleet): Reply {
  const parameters = readParameters(call.body, common);
  call.note(Object.fromEntries(parameters));
  authorize(call);
  const { items, nextToken } = page<FleetEndpoint>(fleet.endpoints, parameters, 50);
  const instanceConnectEndpointSet = items.map((endpoint) => endpointXml(endpoint, fleet.target));
  return reply("DescribeInstanceConnectEndpointsResponse", { instanceConnectEndpointSet, nextToken });
}

function describeImages(call: Call, fleet: Fleet): Reply {
  const parameters = readParameters(call.body, [...common, ...filters, /^IncludeDeprecated$/]);
  call.note(Object.fromEntries(parameters));
  authorize(call);
  const wanted = readFilters(parameters);
  const found = fleet.images.filter((image) => matchesFilters(imageFields(image), wanted));
  return reply("DescribeImagesResponse", { imagesSet: found.map(imageXml) });
}

function authorize(call: Call): void {
  if (!call.allows(`ec2:${call.operation}`, "*")) throw unauthorized();
}

/** EC2's tokens are opaque; here they are the offset of the next page. */
function page<T>(
  all: readonly T[],
  parameters: URLSearchParams,
  usualSize: number,
): { items: readonly T[]; nextToken?: string } {
  const size = Number(parameters.get("MaxResults") ?? usualSize);
  if (!(size >= 5 && size <= 1000))
    throw new ServiceError("InvalidParameterValue", 400, "MaxResults must be 5 to 1000");
  const token = parameters.get("NextToken");
  const start = token === null ? 0 : Number(/^from-([0-9]{1,6})$/.exec(token)?.[1] ?? Number.NaN);
  if (Number.isNaN(start)) throw new ServiceError("InvalidNextToken", 400, "The token is not valid");
  const end = start + size;
  return { items: all.slice(start, end), ...(end < all.length && { nextToken: `from-${end}` }) };
}

function reply(root: string, content: { readonly [name: string]: XmlValue }): Reply {
  return xmlReply(root, namespace, { requestId: newRequestId(), ...content });
}
