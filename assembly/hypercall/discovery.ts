import { Errno } from "../abi/errno";
import { START_INFO_BYTES, StartInfo } from "../abi/start-info";
import { ABI_VERSION, Feature } from "../abi/version";
import { startInfoLength, textBytes } from "../object/domain";
import { copyToGuest, inMemory } from "../object/guest";
import { current, deterministic, scratch } from "../state/machine";

export function version(): i32 {
  return ABI_VERSION;
}

export function features(word: u32): i32 {
  if (word != 0) return 0;
  return Feature.Contexts | Feature.Upcalls | (deterministic ? Feature.Deterministic : 0);
}

export function domainId(): i32 {
  return current.domain.id;
}

export function startInfo(offset: u32, length: u32): i32 {
  const domain = current.domain;
  if (!inMemory(domain, offset, length)) return -Errno.Fault;
  const whole = startInfoLength(domain);
  const written = min(length, whole);

  store<u32>(scratch + StartInfo.Version, ABI_VERSION);
  store<u32>(scratch + StartInfo.DomainId, domain.id);
  store<u32>(scratch + StartInfo.Vcpus, 1);
  store<u32>(scratch + StartInfo.MaximumPages, domain.maximumPages);
  store<u32>(scratch + StartInfo.ContextsMax, domain.contextsMax);
  store<u32>(scratch + StartInfo.NameLength, domain.nameLength);
  store<u32>(scratch + StartInfo.CommandLineLength, domain.commandLineLength);
  const fields = min<u32>(written, START_INFO_BYTES);
  copyToGuest(domain, offset, scratch, fields);
  copyToGuest(domain, offset + fields, domain.startText, min(written - fields, textBytes(domain)));
  return whole;
}
