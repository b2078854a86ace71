import Foundation

/// What a machine of this host runs as its gateway when nobody says.
enum LocalGateway {
    /// OpenClaw where it is installed, else the development gateway of this program.
    ///
    /// - Parameter path: the directories that programs are looked for in, between colons.
    static func command(path: String?) -> [String] {
        for directory in (path ?? "").split(separator: ":") {
            let program = "\(directory)/openclaw"
            if FileManager.default.isExecutableFile(atPath: program) { return [program, "gateway", "--port", "{port}"] }
        }
        return development
    }

    /// The development gateway.
    static var development: [String] { [executable, "dev-gateway", "--state-dir", "{stateDirectory}", "--port", "{port}"] }

    /// This program, by a path that is good in every directory.
    static var executable: String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? Bundle.main.executablePath ?? CommandLine.arguments[0]
    }
}
