/// Where the paths of a container are on this machine, as no file system of its own shows them to the program.
struct MountedPaths: Sendable, Hashable {
    /// Directories of this machine by path in the container; the longest paths first.
    private let mounts: [(path: String, directory: String)]

    init(_ mounts: [String: String]) {
        self.mounts = mounts.map { (Self.trimmed($0.key), $0.value) }.sorted {
            ($1.path.utf8.count, $0.path) < ($0.path.utf8.count, $1.path)
        }
    }

    /// The directory for a path, if there is a volume.
    func directory(_ path: String) -> String? {
        let path = Self.trimmed(path)
        guard let mount = mounts.first(where: { path == $0.path || path.hasPrefix($0.path + "/") }) else { return nil }
        return mount.directory + path.dropFirst(mount.path.count)
    }

    /// A text with its paths as they are here: all of it, or what stands behind a `=`, `:` or blank.
    func translate(_ text: String) -> String {
        guard !mounts.isEmpty else { return text }
        var result = ""
        var word = ""
        func flush() {
            result += directory(word) ?? word
            word = ""
        }
        for character in text {
            if "=: ,".contains(character) {
                flush()
                result.append(character)
            } else {
                word.append(character)
            }
        }
        flush()
        return result
    }

    private static func trimmed(_ path: String) -> String { path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path }

    static func == (left: MountedPaths, right: MountedPaths) -> Bool { left.mounts.elementsEqual(right.mounts) { $0 == $1 } }

    func hash(into hasher: inout Hasher) { for mount in mounts { hasher.combine(mount.path) } }
}
