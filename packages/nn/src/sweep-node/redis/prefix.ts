/** Where BullMQ and we keep our keys. */
export const PREFIX = "loam";
