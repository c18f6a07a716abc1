//! For which machine a program is built: ELF `e_machine`, and the machine of a PE image's file header.

/// The architectures of machines, as image configs call them (OCI image specification: Go's `GOARCH`), and those that
/// the same processors run besides.
const MACHINES: &[(Machine, &[&str])] = &[
    (Machine::Elf(3), &["386", "amd64"]),
    (Machine::Elf(62), &["amd64"]),
    (Machine::Elf(40), &["arm", "arm64"]),
    (Machine::Elf(183), &["arm64"]),
    (Machine::Elf(8), &["mips", "mipsle", "mips64", "mips64le"]),
    (Machine::Elf(20), &["ppc", "ppc64"]),
    (Machine::Elf(21), &["ppc64", "ppc64le"]),
    (Machine::Elf(22), &["s390x"]),
    (Machine::Elf(243), &["riscv64"]),
    (Machine::Elf(258), &["loong64"]),
    (Machine::Pe(0x014c), &["386", "amd64", "arm64"]),
    (Machine::Pe(0x8664), &["amd64", "arm64"]),
    (Machine::Pe(0x01c4), &["arm", "arm64"]),
    (Machine::Pe(0xaa64), &["arm64"]),
];

/// A machine number of one format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Machine {
    /// `e_machine` (System V ABI, "ELF Header").
    Elf(u16),
    /// `Machine` (Microsoft, "PE Format", COFF file header).
    Pe(u16),
}

impl Machine {
    /// The architectures that it runs on, its own first; `None` for machines that no image config names.
    pub fn architectures(self) -> Option<&'static [&'static str]> {
        MACHINES.iter().find(|(machine, _)| *machine == self).map(|(_, architectures)| *architectures)
    }
}

/// The machine of the program that begins with `head`; `None` for anything else.
pub fn of(head: &[u8]) -> Option<Machine> {
    let number = |bytes: Option<&[u8]>, big: bool| {
        let bytes = bytes?.try_into().ok()?;
        Some(if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    };
    if head.starts_with(b"\x7fELF") {
        return number(head.get(18..20), head.get(5) == Some(&2)).map(Machine::Elf);
    }
    if head.starts_with(b"MZ") {
        let at = usize::try_from(u32::from_le_bytes(head.get(0x3c..0x40)?.try_into().ok()?)).ok()?;
        let header = head.get(at..)?.strip_prefix(b"PE\0\0")?;
        return number(header.get(..2), false).map(Machine::Pe);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn elf(order: u8, machine: [u8; 2]) -> Vec<u8> {
        [b"\x7fELF\x02", &[order][..], &[0; 12], &machine].concat()
    }

    #[test]
    fn numbers_are_read_in_the_order_that_the_file_names() {
        assert_eq!(of(&elf(1, [62, 0])), Some(Machine::Elf(62)));
        assert_eq!(of(&elf(2, [0, 22])), Some(Machine::Elf(22)));
        assert_eq!(of(&elf(1, [62, 0])[..19]), None);
        let mut pe = vec![0; 0x80];
        pe[..2].copy_from_slice(b"MZ");
        pe[0x3c] = 0x80;
        pe.extend(b"PE\0\0\x64\x86");
        assert_eq!(of(&pe), Some(Machine::Pe(0x8664)));
        pe[0x3c] = 0xff;
        assert_eq!(of(&pe), None);
        assert_eq!(of(b"#!/bin/sh\n"), None);
    }

    #[test]
    fn a_processor_runs_its_own_and_some_older_programs() {
        assert_eq!(Machine::Elf(62).architectures(), Some(&["amd64"][..]));
        assert!(Machine::Elf(3).architectures().is_some_and(|runs| runs.contains(&"amd64")));
        assert_eq!(Machine::Elf(0xf7).architectures(), None);
    }
}
