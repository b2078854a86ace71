import ArgumentParser

/// How answers are shown.
public enum OutputFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// Columns for people.
    case table
    /// More columns.
    case wide
    /// The server's answer as JSON.
    case json
    /// The server's answer as YAML.
    case yaml
    /// `kind/name`, one a line.
    case name
}
