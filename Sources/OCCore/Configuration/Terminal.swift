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
