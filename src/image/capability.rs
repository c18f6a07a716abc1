//! File capabilities as an extended attribute holds them (`struct vfs_ns_cap_data`, linux/capability.h).

/// The name of the attribute.
pub const XATTR: &[u8] = b"security.capability";

/// The value of `security.capability`, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCapabilities {
    /// 2, or 3 where the capabilities hold in one user namespace only.
    pub revision: u8,
    /// Whether the permitted ones are effective from the start.
    pub effective: bool,
    /// Names of the permitted ones, as `capabilities(7)` has them; a number where there is no name yet.
    pub permitted: Vec<String>,
    /// Names of the inheritable ones.
    pub inheritable: Vec<String>,
    /// The user ID that is root in that namespace; 0 in revision 2.
    pub root_id: u32,
}

/// The capabilities in order of their number.
const NAMES: [&str; 41] = [
    "chown",
    "dac_override",
    "dac_read_search",
    "fowner",
    "fsetid",
    "kill",
    "setgid",
    "setuid",
    "setpcap",
    "linux_immutable",
    "net_bind_service",
    "net_broadcast",
    "net_admin",
    "net_raw",
    "ipc_lock",
    "ipc_owner",
    "sys_module",
    "sys_rawio",
    "sys_chroot",
    "sys_ptrace",
    "sys_pacct",
    "sys_admin",
    "sys_boot",
    "sys_nice",
    "sys_resource",
    "sys_time",
    "sys_tty_config",
    "mknod",
    "lease",
    "audit_write",
    "audit_control",
    "setfcap",
    "mac_override",
    "mac_admin",
    "syslog",
    "wake_alarm",
    "block_suspend",
    "audit_read",
    "perfmon",
    "bpf",
    "checkpoint_restore",
];

impl FileCapabilities {
    /// Decodes revision 2 (20 bytes) and 3 (24 bytes); `None` for anything else.
    pub fn decode(value: &[u8]) -> Option<Self> {
        let word = |index: usize| value.get(4 * index..4 * index + 4)?.try_into().ok().map(u32::from_le_bytes);
        let head = word(0)?;
        let revision = (head >> 24) as u8;
        let root_id = match (revision, value.len()) {
            (2, 20) => 0,
            (3, 24) => word(5)?,
            _ => return None,
        };
        let mask = |low: usize, high: usize| Some(u64::from(word(low)?) | u64::from(word(high)?) << 32);
        Some(FileCapabilities {
            revision,
            effective: head & 1 != 0,
            permitted: names(mask(1, 3)?),
            inheritable: names(mask(2, 4)?),
            root_id,
        })
    }
}

fn names(mask: u64) -> Vec<String> {
    let set = (0..64).filter(|bit| mask & (1 << bit) != 0);
    set.map(|bit: usize| NAMES.get(bit).map_or_else(|| bit.to_string(), |name| format!("cap_{name}"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_revisions_are_decoded() {
        // setcap cap_net_raw=ep
        let second = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let decoded = FileCapabilities::decode(&second).unwrap();
        assert_eq!((decoded.revision, decoded.effective, decoded.root_id), (2, true, 0));
        assert_eq!(decoded.permitted, ["cap_net_raw"]);
        assert!(decoded.inheritable.is_empty());
        let mut third = second.to_vec();
        third[3] = 3;
        third.extend([0xe8, 3, 0, 0]);
        assert_eq!(FileCapabilities::decode(&third).unwrap().root_id, 1000);
    }

    #[test]
    fn the_upper_half_of_the_masks_counts() {
        let mut value = [0; 20];
        value[3] = 2;
        value[12] = 0x80;
        value[16] = 0x01;
        let decoded = FileCapabilities::decode(&value).unwrap();
        assert_eq!(decoded.permitted, ["cap_bpf"]);
        assert_eq!(decoded.inheritable, ["cap_mac_override"]);
    }

    #[test]
    fn other_shapes_are_not_capabilities() {
        for value in [&b""[..], &[1, 0, 0, 2], &[0; 20], &[3; 24]] {
            assert_eq!(FileCapabilities::decode(value).filter(|decoded| decoded.revision == 2), None);
        }
    }
}
