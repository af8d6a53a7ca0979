export * from "../../shared/linux/constants.js";
