import JSONValue

/// What the server says of itself: the version of the API that it follows.
enum ServerVersion {
    static let json: JSON = [
        "major": "1", "minor": "32", "gitVersion": "v1.32.0-opencrane-local", "gitCommit": "", "gitTreeState": "clean",
        "buildDate": "2024-12-11T18:00:00Z", "goVersion": "", "compiler": "swiftc", "platform": "linux/amd64",
    ]
}
