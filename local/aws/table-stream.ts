import { randomUUID } from "node:crypto";
import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBRecord, StreamRecord as StreamChange } from "aws-lambda";
import { region } from "../shared/account.ts";
import type { Attributes } from "./dynamodb-calls.ts";
import { places } from "./roles.ts";

/** One change of the table: the new image of an item as plain JavaScript. */
export interface StreamRecord {
  readonly eventName: "INSERT" | "MODIFY";
  readonly newImage: Readonly<Record<string, unknown>>;
}

/** The table's stream: every change in order, with new images. */
export class TableStream {
  readonly records: StreamRecord[] = [];
  readonly #clock: () => Date;
  #read: (record: DynamoDBRecord) => void = () => {};

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  /** `read` gets each further record in the format of DynamoDB. */
  readBy(read: (record: DynamoDBRecord) => void): void {
    this.#read = read;
  }

  add(eventName: StreamRecord["eventName"], image: Attributes): void {
    // dynalite has refused invalid values; the types of the SDK and of Lambda differ only for bytes.
    const newImage = image as unknown as NonNullable<StreamChange["NewImage"]>;
    const { pk = { S: "" }, sk = { S: "" } } = newImage;
    this.records.push({ eventName, newImage: unmarshall(image as unknown as Record<string, AttributeValue>) });
    this.#read({
      eventID: randomUUID(),
      eventName,
      eventVersion: "1.1",
      eventSource: "aws:dynamodb",
      awsRegion: region,
      eventSourceARN: places.streamArn,
      dynamodb: {
        // Seconds.
        ApproximateCreationDateTime: Math.floor(this.#clock().getTime() / 1000),
        Keys: { pk, sk },
        NewImage: newImage,
        SequenceNumber: String(this.records.length).padStart(21, "0"),
        SizeBytes: Buffer.byteLength(JSON.stringify(image)),
        StreamViewType: "NEW_IMAGE",
      },
    });
  }
}
