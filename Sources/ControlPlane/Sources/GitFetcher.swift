import Foundation
import OutboundGuard

/// Fetches the Markdown files of a git repository over HTTPS.
///
/// The address is looked up and pinned before git runs, redirects are not followed, and nothing of the repository is ever run or written as
/// a file of its own: no work tree, no hooks, no submodules, no filters.
struct GitFetcher: SourceFetching {
    /// How much, and how long.
    struct Limits: Sendable {
        /// Longest time for everything.
        var time: Duration = .seconds(120)
        /// Largest file that git writes, in bytes: the pack.
        var pack = 64 << 20
        /// Most memory of each process of git, in bytes: address space, of which an ordinary fetch takes some 30 MiB.
        var memory = 160 << 20
        /// Most files that are looked at.
        var files = SourceNotes.mostItems
        /// Largest file that is looked at, in bytes.
        var file = SkillConfiguration.contentLimit
        /// Largest sum of the files that are looked at, in bytes.
        var total = 16 << 20
    }

    let gate: OutboundGuard
    var limits = Limits()
    /// The program.
    var executable = "git"

    func fetch(_ source: SourceRecord) async throws -> [SourceItem] {
        let destination: PinnedDestination
        do throws(OutboundError) {
            destination = try await gate.destination(of: source.url ?? "")
        } catch {
            throw SourceFailure(error.code.rawValue, error.message)
        }
        let directory = FileManager.default.temporaryDirectory.appending(path: "source-\(UUID().uuidString)")  // edge: a folder of its own
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        defer { try? FileManager.default.removeItem(at: directory) }
        let end = ContinuousClock.now + limits.time  // edge: the time of a process outside
        let git = GitCommand(
            executable: executable,
            directory: directory,
            arguments: Self.settings(for: destination),
            limits: limits,
            end: end
        )
        _ = try await git.run("init", ["init", "--bare", "--quiet", "."])
        _ = try await git.run(
            "fetch",
            [
                "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance", "--",
                destination.url.description, "+\(source.ref ?? "HEAD"):refs/crane/head",
            ]
        )
        let listing = try await git.run(
            "list",
            ["ls-tree", "-r", "-z", "--long", "refs/crane/head"] + (source.path.map { ["--", $0] } ?? [])
        )
        let entries = try GitTreeEntry.skills(in: listing, named: source.type == .anthropicSkills ? "SKILL.md" : nil, limits)
        var items: [SourceItem] = []
        for entry in entries {
            let content = try await git.run("read", ["cat-file", "blob", entry.object])
            if let item = SkillFile(path: entry.path, content: Array(content)).item { items.append(item) }
        }
        return items
    }

    /// What git is told before anything else: where the host is, and what it must not do.
    static func settings(for destination: PinnedDestination) -> [String] {
        let url = destination.url
        var settings = [
            "protocol.allow=never", "protocol.\(url.scheme).allow=always", "http.followRedirects=false", "http.proxy=",
            "credential.helper=",
            "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.askPass=", "gc.auto=0", "fetch.fsckObjects=true",
            "http.lowSpeedLimit=100", "http.lowSpeedTime=20", "fetch.unpackLimit=1",
            // Large files pass through in pieces, one thread works at deltas, and little of what they were made of is kept.
            "core.bigFileThreshold=1m", "pack.threads=1", "core.deltaBaseCacheLimit=16m", "core.packedGitWindowSize=8m",
            "core.packedGitLimit=32m",
        ]
        if case .name(let name) = url.host {
            let address = "\(destination.address)"
            settings.append("http.curloptResolve=\(name):\(url.port):\(address.contains(":") ? "[\(address)]" : address)")
        }
        return settings.flatMap { ["-c", $0] }
    }
}

/// A file in a tree of git, as `git ls-tree -r -z --long` writes it. Pure.
struct GitTreeEntry: Sendable, Hashable {
    var object: String
    var size: Int
    var path: String

    /// The files of a listing that are skills: plain files, no links, submodules or programs' folders.
    ///
    /// - Parameters:
    ///   - listing: what git writes.
    ///   - name: what the files must be called; nil for any Markdown file.
    ///   - limits: how many, and how large. A file that is too large is passed over.
    /// - Throws: ``SourceFailure`` when there are too many.
    static func skills(in listing: Data, named name: String?, _ limits: GitFetcher.Limits) throws(SourceFailure) -> [GitTreeEntry] {
        var entries: [GitTreeEntry] = []
        var total = 0
        for line in listing.split(separator: 0) {
            guard let text = String(validating: line, as: UTF8.self), let tab = text.firstIndex(of: "\t") else { continue }
            let parts = text[..<tab].split(separator: " ")
            let path = String(text[text.index(after: tab)...])
            guard parts.count == 4, ["100644", "100755"].contains(parts[0]), parts[1] == "blob", let size = Int(parts[3]),
                path.utf8.count <= 500, parts[2].utf8.allSatisfy({ (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
            else { continue }
            let file = path.split(separator: "/").last.map(String.init) ?? path
            guard name.map({ $0 == file }) ?? file.lowercased().hasSuffix(".md"), size <= limits.file else { continue }
            total += size
            entries.append(GitTreeEntry(object: String(parts[2]), size: size, path: path))
            guard entries.count <= limits.files, total <= limits.total else {
                throw SourceFailure(
                    "SOURCE_TOO_LARGE",
                    "The repository has more than \(limits.files) skills, or more than \(limits.total) bytes of them."
                )
            }
        }
        return entries
    }
}
