import CraneAPI

/// Reads typed values from environment variables; a blank value counts as none.
struct EnvironmentReader {
    let environment: [String: String]

    func text(_ name: String) -> String? {
        environment[name].flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 }
    }

    func integer(_ name: String, in range: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw ConfigurationError(
                variable: name,
                message: "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(text)"
            )
        }
        return value
    }

    /// A secret that is given itself, or as the path of a file in the variable with `_FILE` behind its name.
    ///
    /// - Parameters:
    ///   - name: the variable with the secret.
    ///   - readFile: reads a file.
    /// - Returns: nil when neither is set.
    /// - Throws: ``ConfigurationError`` when both are set, or the file cannot be read or is empty.
    func secret(_ name: String, _ readFile: (String) throws -> String) throws(ConfigurationError) -> String? {
        let file = "\(name)_FILE"
        switch (text(name), text(file)) {
        case (nil, nil): return nil
        case (let secret?, nil): return secret
        case (.some, .some):
            throw ConfigurationError(variable: name, message: "is set together with \(file); set one of the two")
        case (nil, let path?):
            do {
                let text = String(try readFile(path).filter { !$0.isWhitespace })
                guard !text.isEmpty else { throw ConfigurationError(variable: file, message: "the file \(path) is empty") }
                return text
            } catch let error as ConfigurationError {
                throw error
            } catch {
                throw ConfigurationError(variable: file, message: "the file \(path) cannot be read: \(error)")
            }
        }
    }
}

extension FleetConfiguration {
    /// Reads what fleets are ordered with.
    init(_ read: EnvironmentReader) throws(ConfigurationError) {
        self.init()
        if let name = read.text("OPENCRANE_MACHINE_PROVIDER") {
            guard let provider = MachineProviderName(rawValue: name) else {
                throw ConfigurationError(
                    variable: "OPENCRANE_MACHINE_PROVIDER",
                    message: "must be one of \(MachineProviderName.allCases.map(\.rawValue).joined(separator: ", ")), not \(name)"
                )
            }
            machineProvider = provider
        }
        if let names = read.text("OPENCRANE_FLEET_PLANS") {
            let ordered = names.split(separator: ",").map { $0.filter { !$0.isWhitespace } }.filter { !$0.isEmpty }
            guard let first = ordered.first, ordered.allSatisfy({ $0.utf8.count <= 63 }) else {
                throw ConfigurationError(
                    variable: "OPENCRANE_FLEET_PLANS",
                    message: "must name plans of at most 63 characters, with commas"
                )
            }
            plans = Set(ordered)
            if !plans.contains(defaultPlan) { defaultPlan = first }
        }
        if let address = read.text("OPENCRANE_FLEET_OWNER_EMAIL") {
            let parts = address.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }), !address.contains(where: \.isWhitespace), address.utf8.count <= 190
            else {
                throw ConfigurationError(
                    variable: "OPENCRANE_FLEET_OWNER_EMAIL",
                    message: "must be an address, in which {name} becomes the tenant's name"
                )
            }
            ownerEmail = address
        }
    }
}
