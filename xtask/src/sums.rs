//! Sums of files as text.

/// Two digits for each byte, as sha256sum writes them.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
