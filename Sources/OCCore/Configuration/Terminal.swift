import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// The terminal a command runs in.
enum Terminal {
    static func isTerminal(_ handle: FileHandle) -> Bool { isatty(handle.fileDescriptor) == 1 }

    /// Opens a page in the browser that `BROWSER` names, else in the desktop's, and does not wait for it.
    ///
    /// - Returns: false when there is none.
    static func open(_ page: String, _ environment: [String: String]) -> Bool {
        let names = (environment["BROWSER"] ?? "").split(separator: ":").map(String.init) + ["xdg-open"]
        let folders = (environment["PATH"] ?? "").split(separator: ":")
        for name in names {
            let places = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
            for place in places where FileManager.default.isExecutableFile(atPath: place) {
                let process = Process()
                process.executableURL = URL(filePath: place)
                process.arguments = [page]
                process.standardInput = FileHandle.nullDevice
                process.standardOutput = FileHandle.nullDevice
                process.standardError = FileHandle.nullDevice
                if (try? process.run()) != nil { return true }
            }
        }
        return false
    }

    /// One line of standard input without echo; from a pipe, the first line.
    @Sendable static func readSecret(prompt: String) throws -> String {
        let input = FileHandle.standardInput
        guard isTerminal(input) else { return readLine(strippingNewline: true) ?? "" }
        FileHandle.standardError.write(Data(prompt.utf8))
        var settings = termios()
        guard tcgetattr(input.fileDescriptor, &settings) == 0 else { return readLine(strippingNewline: true) ?? "" }
        let before = settings
        settings.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(input.fileDescriptor, TCSANOW, &settings)
        defer {
            var restored = before
            tcsetattr(input.fileDescriptor, TCSANOW, &restored)
            FileHandle.standardError.write(Data("\n".utf8))
        }
        return readLine(strippingNewline: true) ?? ""
    }
}
