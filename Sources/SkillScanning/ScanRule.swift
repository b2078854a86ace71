/// One thing that is looked for.
struct ScanRule: Sendable {
    var id: String
    var description: String
    var severity: Finding.Severity
    var pattern: Pattern

    enum Pattern: Sendable {
        /// These words one after the other in the folded text; `|` parts alternatives within a word, and up to `gap` other words may stand between two.
        case words([String], gap: Int)
        /// A token that begins with the prefix and goes on with at least so many characters of the set.
        case token(prefix: String, set: TokenSet, minimum: Int)
        /// A line that has this text, as it is.
        case literal(String)
    }

    enum TokenSet: Sendable {
        case alphanumeric
        case base64
        case hex
        case word

        func contains(_ byte: UInt8) -> Bool {
            let isLetter = (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            let isDigit = (0x30...0x39).contains(byte)
            switch self {
            case .alphanumeric: return isLetter || isDigit
            case .base64: return isLetter || isDigit || [0x2B, 0x2F, 0x3D, 0x2D, 0x5F].contains(byte)
            case .hex: return isDigit || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
            case .word: return isLetter || isDigit || byte == 0x5F || byte == 0x2D
            }
        }
    }

    /// Changes whenever a rule does: a skill that passed other rules has not passed these.
    static let version = "opencrane-rules/1"

    static let all: [ScanRule] = injection + secrets + actions

    private static let injection: [ScanRule] = [
        ScanRule(
            id: "injection-ignore-instructions",
            description: "tells the model to put aside what it was told before",
            severity: .critical,
            pattern: .words(
                [
                    "ignore|disregard|forget|override|bypass", "previous|prior|above|earlier|preceding|system|all|your|any",
                    "instructions|instruction|prompts|prompt|rules|guidelines|directives",
                ],
                gap: 4
            )
        ),
        ScanRule(
            id: "injection-reveal-prompt",
            description: "tells the model to give away its instructions",
            severity: .high,
            pattern: .words(
                [
                    "reveal|print|repeat|show|output|leak|dump|send", "system|hidden|initial|developer",
                    "prompt|prompts|instructions|message",
                ],
                gap: 3
            )
        ),
        ScanRule(
            id: "injection-secrecy",
            description: "tells the model to keep something from the user",
            severity: .high,
            pattern: .words(
                [
                    "not|never|don't|without", "tell|telling|inform|informing|mention|mentioning|notify|notifying|alert|alerting|reveal",
                    "user|users|operator|human|admin",
                ],
                gap: 3
            )
        ),
        ScanRule(
            id: "injection-role",
            description: "gives the model another role without limits",
            severity: .high,
            pattern: .words(["you", "are|act|become|behave", "unrestricted|jailbroken|dan|unfiltered|uncensored"], gap: 5)
        ),
        ScanRule(
            id: "injection-markup",
            description: "has the marks by which models tell speakers apart",
            severity: .high,
            pattern: .literal("<|im_start|>")
        ),
        ScanRule(
            id: "injection-markup",
            description: "has the marks by which models tell speakers apart",
            severity: .high,
            pattern: .literal("[/INST]")
        ),
        ScanRule(
            id: "injection-markup",
            description: "has the marks by which models tell speakers apart",
            severity: .high,
            pattern: .literal("<|start_header_id|>")
        ),
    ]

    private static let secrets: [ScanRule] = [
        ScanRule(
            id: "secret-private-key",
            description: "has a private key",
            severity: .critical,
            pattern: .literal("PRIVATE KEY-----")
        ),
        ScanRule(
            id: "secret-aws-key",
            description: "has an access key of AWS",
            severity: .critical,
            pattern: .token(prefix: "AKIA", set: .alphanumeric, minimum: 16)
        ),
        ScanRule(
            id: "secret-github-token",
            description: "has a token of GitHub",
            severity: .critical,
            pattern: .token(prefix: "ghp_", set: .alphanumeric, minimum: 36)
        ),
        ScanRule(
            id: "secret-github-token",
            description: "has a token of GitHub",
            severity: .critical,
            pattern: .token(prefix: "github_pat_", set: .word, minimum: 22)
        ),
        ScanRule(
            id: "secret-slack-token",
            description: "has a token of Slack",
            severity: .critical,
            pattern: .token(prefix: "xoxb-", set: .word, minimum: 20)
        ),
        ScanRule(
            id: "secret-model-key",
            description: "has a key of a model provider",
            severity: .critical,
            pattern: .token(prefix: "sk-ant-", set: .word, minimum: 20)
        ),
        ScanRule(
            id: "secret-model-key",
            description: "has a key of a model provider",
            severity: .critical,
            pattern: .token(prefix: "sk-", set: .word, minimum: 32)
        ),
        ScanRule(
            id: "secret-google-key",
            description: "has an API key of Google",
            severity: .critical,
            pattern: .token(prefix: "AIza", set: .word, minimum: 35)
        ),
        ScanRule(
            id: "secret-platform-token",
            description: "has a token of this platform",
            severity: .critical,
            pattern: .token(prefix: "ocp_", set: .word, minimum: 32)
        ),
        ScanRule(
            id: "secret-platform-token",
            description: "has a key of this platform",
            severity: .critical,
            pattern: .token(prefix: "ock_live_", set: .word, minimum: 32)
        ),
        ScanRule(
            id: "secret-platform-token",
            description: "has a token of an agent of this platform",
            severity: .critical,
            pattern: .token(prefix: "oca_", set: .word, minimum: 32)
        ),
        ScanRule(
            id: "secret-json-web-token",
            description: "has a signed token",
            severity: .high,
            pattern: .token(prefix: "eyJhbGciOi", set: .base64, minimum: 20)
        ),
    ]

    private static let actions: [ScanRule] = [
        ScanRule(
            id: "action-pipe-to-shell",
            description: "runs a program straight from the network",
            severity: .high,
            pattern: .words(["curl|wget", "|", "sh|bash|zsh|python|python3|sudo"], gap: 8)
        ),
        ScanRule(
            id: "action-metadata-service",
            description: "names the metadata service of a cloud",
            severity: .high,
            pattern: .literal("169.254.169.254")
        ),
        ScanRule(
            id: "action-metadata-service",
            description: "names the metadata service of a cloud",
            severity: .high,
            pattern: .literal("metadata.google.internal")
        ),
        ScanRule(
            id: "action-service-account-token",
            description: "names the token of the pod",
            severity: .high,
            pattern: .literal("/var/run/secrets/kubernetes.io")
        ),
        ScanRule(
            id: "action-send-secrets",
            description: "sends credentials somewhere",
            severity: .critical,
            pattern: .words(
                [
                    "send|post|upload|exfiltrate|forward|transmit|email", "api|secret|access|private|environment|env|session|auth",
                    "key|keys|secret|secrets|token|tokens|credentials|password|passwords|variables",
                ],
                gap: 4
            )
        ),
    ]
}
