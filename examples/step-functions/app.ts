import { App } from "aws-cdk-lib";
import { MaintenanceStack } from "./maintenance-stack.ts";

new MaintenanceStack(new App(), "LatchkeyMaintenance");
