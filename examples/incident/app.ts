import { App } from "aws-cdk-lib";
import { IncidentStack } from "./incident-stack.ts";

new IncidentStack(new App(), "LatchkeyIncident");
