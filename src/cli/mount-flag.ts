/** `--mount type=volume,source=data,target=/data,readonly` */
import type { MountJSON } from "../engine/api/types.js";
import { fromHumanSize } from "../shared/units/size.js";
import { FlagError } from "./errors.js";

/** @throws {FlagError} with Docker's words. */
export function parseMount(text: string): MountJSON {
  const mount: MountJSON = { Type: "volume", Target: "" };
  for (const field of text.split(",")) readField(mount, field);
  if (mount.Target === "") throw new FlagError("target is required");
  if (mount.Type === "bind" && !mount.Source) throw new FlagError("source is required");
  return mount;
}

function readField(mount: MountJSON, field: string): void {
  const equals = field.indexOf("=");
  const key = (equals < 0 ? field : field.slice(0, equals)).toLowerCase();
  const value = equals < 0 ? undefined : field.slice(equals + 1);
  if (key === "readonly" || key === "ro") {
    mount.ReadOnly = parseSwitch(key, value);
    return;
  }
  if (key === "volume-nocopy") {
    mount.VolumeOptions = { ...mount.VolumeOptions, NoCopy: parseSwitch(key, value) };
    return;
  }
  if (value === undefined) throw new FlagError(`invalid field '${field}' must be a key=value pair`);
  switch (key) {
    case "type":
      mount.Type = parseType(value);
      break;
    case "source":
    case "src":
      mount.Source = value;
      break;
    case "target":
    case "dst":
    case "destination":
      mount.Target = value;
      break;
    case "volume-label": {
      const [name = "", label = ""] = splitOnce(value);
      mount.VolumeOptions = { ...mount.VolumeOptions, Labels: { ...mount.VolumeOptions?.Labels, [name]: label } };
      break;
    }
    case "tmpfs-size":
      mount.TmpfsOptions = { ...mount.TmpfsOptions, SizeBytes: fromHumanSize(value) };
      break;
    case "tmpfs-mode":
      mount.TmpfsOptions = { ...mount.TmpfsOptions, Mode: Number.parseInt(value, 8) };
      break;
    default:
      throw new FlagError(`unexpected key '${key}' in '${field}'`);
  }
}

function parseType(value: string): MountJSON["Type"] {
  const type = value.toLowerCase();
  if (type === "volume" || type === "bind" || type === "tmpfs") return type;
  throw new FlagError(`mount type ${JSON.stringify(value)} is not supported by Drydock: use volume, bind or tmpfs`);
}

function parseSwitch(key: string, value: string | undefined): boolean {
  if (value === undefined || /^(1|t|true)$/i.test(value)) return true;
  if (/^(0|f|false)$/i.test(value)) return false;
  throw new FlagError(`invalid value for ${key}: ${value}`);
}

export function splitOnce(text: string): [string, string | undefined] {
  const equals = text.indexOf("=");
  return equals < 0 ? [text, undefined] : [text.slice(0, equals), text.slice(equals + 1)];
}
