import SealedSecrets

extension ControlPlaneConfiguration {
    /// Has secrets in the database sealed with the keys of a file, as `OPENCRANE_SEALING_KEYS_FILE` does.
    ///
    /// - Parameter path: the file: one `id:base64` a line, the current key first.
    /// - Throws: `SealingError` when the file cannot be read, or has no usable key.
    public mutating func useSealingKeys(file path: String) throws(SealingError) {
        modelProxy.sealer = SecretSealer(keys: try SealingKeyring(file: path))
    }
}
