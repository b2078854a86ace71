import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// Standard output or standard error, which may be closed, full, or read by nobody any more.
struct StandardStream: Sendable {
    var descriptor: Int32

    static let output = StandardStream(descriptor: STDOUT_FILENO)
    static let errors = StandardStream(descriptor: STDERR_FILENO)

    /// Lets writes to a pipe without a reader fail, and holds the places of streams that are closed: the next file or
    /// connection that is opened would take one of them, and what is shown would go there.
    static func prepare() {
        signal(SIGPIPE, SIG_IGN)
        while true {
            let place = open("/dev/null", O_RDONLY)
            guard (STDIN_FILENO...STDERR_FILENO).contains(place) else {
                if place >= 0 { close(place) }
                return
            }
        }
    }

    /// Writes a text to its end.
    ///
    /// - Returns: the number of the error (`errno`) that stopped it; `nil` when all is written.
    func write(_ text: String) -> Int32? {
        // A stream that was closed from the start: the runtime's own event queue may have its place by now.
        var about = stat()
        guard fstat(descriptor, &about) == 0, about.st_mode & S_IFMT != 0 else { return EBADF }
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)[...]
            while !rest.isEmpty {
                let part = UnsafeRawBufferPointer(rebasing: rest)
                let count = sendBytes(descriptor, part.baseAddress, part.count)
                if count >= 0 {
                    rest = rest.dropFirst(count)
                    continue
                }
                switch errno {
                case EINTR: continue
                case EAGAIN:
                    // Somebody else made it so that it does not wait.
                    var ready = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    poll(&ready, 1, 1000)
                default: return errno
                }
            }
            return nil
        }
    }

    /// How a command ends whose output cannot be written.
    struct Ending: Sendable, Hashable {
        /// What standard error is told; empty when nobody needs to know.
        var text: String
        /// The exit code.
        var exit: Int32

        /// Decides.
        ///
        /// - Parameters:
        ///   - number: the error (`errno`).
        ///   - secret: what is shown this once, if that could not be written.
        ///   - isSeen: whether a person looks at standard error: a log of errors is no place for a secret.
        init(_ number: Int32, secret: String? = nil, isSeen: Bool = false) {
            // `oc get … | head` is no failure: 141 is what a shell says of a program that a closed pipe ended.
            guard number != EPIPE || secret != nil else {
                (text, exit) = ("", 141)
                return
            }
            var error = OCError(.failure, code: "CANNOT_WRITE", "Standard output cannot be written: \(String(cString: strerror(number)))")
            if let secret {
                error.details = [
                    isSeen
                        ? "What was to be written there: \(secret.trimmed)"
                        : "What is shown once only is lost: delete it, and make it anew."
                ]
            }
            (text, exit) = ("\(error)\n", OCError.Exit.failure.rawValue)
        }
    }

    /// Writes a text, or ends the process.
    func writeOrEnd(_ text: String, isSecret: Bool = false) {
        guard let number = write(text) else { return }
        let ending = Ending(number, secret: isSecret ? text : nil, isSeen: isatty(STDERR_FILENO) == 1)
        _ = Self.errors.write(ending.text)
        // Nothing is left to be done: the work that was asked for is, or its outcome interests nobody.
        _exit(ending.exit)
    }
}

/// `write` of the system; within the type the name is taken.
private func sendBytes(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int { write(descriptor, bytes, count) }
