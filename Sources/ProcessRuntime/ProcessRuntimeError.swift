/// Why the process runtime cannot do something.
public struct ProcessRuntimeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable codes for programs.
    public enum Code: String, Sendable, Hashable {
        /// An entry of an image map cannot be read.
        case imageMalformed = "image_malformed"
        /// A forwarding cannot be read.
        case forwardMalformed = "forward_malformed"
        /// A local port cannot be listened at.
        case portTaken = "port_taken"
        /// A program cannot be started.
        case startFailed = "start_failed"
        /// What a container asks for is not there.
        case configuration = "container_config"
        /// A file or directory cannot be written.
        case files = "files"
    }

    /// The code.
    public var code: Code
    /// A sentence a person can act on.
    public var message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The sentence.
    public var description: String { message }
}
