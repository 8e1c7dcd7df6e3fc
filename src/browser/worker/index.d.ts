export {
  ImageError, MqttClient, MqttError, TransferError, VirtualDevice, checkAccess, isImageError, isMqttError, isTransferError, prepareImage,
} from "../mqtt_image_sender.js";
export type {
  BrokerOptions, ConnectionState, ImageSource, Notice, PreparedImage, PrepareOptions, Progress, SendOptions, Transfer,
} from "../mqtt_image_sender.js";

/** Nothing to load: the workers do. It is there so that only the import has to be changed. */
export default function init(): Promise<void>;
