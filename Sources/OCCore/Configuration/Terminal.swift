import Dispatch
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
    /// How much a terminal shows.
    struct Size: Sendable, Hashable {
        var columns: Int
        var rows: Int
    }

    static func isTerminal(_ handle: FileHandle) -> Bool { isatty(handle.fileDescriptor) == 1 }

    /// How large a terminal is; `nil` when it does not say.
    static func size(_ descriptor: Int32) -> Size? {
        var size = winsize()
        guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return nil }
        return Size(columns: Int(size.ws_col), rows: Int(size.ws_row))
    }

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
        guard isatty(STDIN_FILENO) == 1 else { return readLine(strippingNewline: true) ?? "" }
        _ = StandardStream.errors.write(prompt)
        defer { _ = StandardStream.errors.write("\n") }
        let answer = withoutEcho(STDIN_FILENO, signals: [SIGINT, SIGTERM, SIGHUP, SIGQUIT]) { signal in
            _ = StandardStream.errors.write("\n")
            // What a shell says of a program that a signal ended. `exit` would wait for the line that is being read.
            _exit(128 + signal)
        } body: {
            readLine(strippingNewline: true)
        }
        return answer ?? ""
    }

    /// Does something while a terminal shows nothing of what is typed. A signal gives the echo back first.
    ///
    /// - Parameters:
    ///   - signals: those that would end the process and leave the terminal mute.
    ///   - ended: is called, on a thread of its own, with the signal that came.
    static func withoutEcho<Result>(
        _ descriptor: Int32,
        signals: [Int32],
        ended: @escaping @Sendable (Int32) -> Void,
        body: () throws -> Result
    ) rethrows -> Result {
        var settings = termios()
        guard tcgetattr(descriptor, &settings) == 0 else { return try body() }
        let before = settings
        let queue = DispatchQueue(label: "opencrane.terminal")
        let sources = signals.map { number in
            // A source is told of a signal only when nothing else acts on it.
            let previous = signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                var restored = before
                tcsetattr(descriptor, TCSANOW, &restored)
                ended(number)
            }
            let isRegistered = DispatchSemaphore(value: 0)
            source.setRegistrationHandler { isRegistered.signal() }
            source.resume()
            // A signal that came before would be lost.
            _ = isRegistered.wait(timeout: .now() + .seconds(1))
            return (number, previous, source)
        }
        settings.c_lflag &= ~tcflag_t(ECHO)
        tcsetattr(descriptor, TCSANOW, &settings)
        defer {
            var restored = before
            tcsetattr(descriptor, TCSANOW, &restored)
            for (number, previous, source) in sources {
                source.cancel()
                signal(number, previous)
            }
        }
        return try body()
    }
}
