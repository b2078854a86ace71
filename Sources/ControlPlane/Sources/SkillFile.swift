import JSONValue

/// A Markdown file of a repository as a skill. Pure.
struct SkillFile: Sendable, Hashable {
    /// Its path in the repository.
    var path: String
    /// Its content.
    var content: [UInt8]

    /// The skill; nil when the content is no text, or stands for content that is elsewhere (git LFS).
    ///
    /// Name, version and description come from the front matter, lines `name: …` between two lines `---`; without a name the skill is called
    /// after its file, or after its folder when the file is SKILL.md.
    var item: SourceItem? {
        guard let text = String(validating: content, as: UTF8.self), !text.utf8.contains(0),
            !text.hasPrefix("version https://git-lfs.github.com/")
        else { return nil }
        let matter = Self.frontMatter(of: text)
        guard let name = SourceText.line(matter["name"], longest: 120) ?? SourceText.line(fallback, longest: 120) else { return nil }
        return SourceItem(
            kind: .skillBundle,
            name: name,
            upstreamID: path,
            version: SourceText.version(matter["version"]),
            description: SourceText.text(matter["description"], longest: 2000),
            content: content,
            metadata: ["path": .string(path)]
        )
    }

    private var fallback: String {
        let parts = path.split(separator: "/").map(String.init)
        guard let file = parts.last else { return path }
        if file == "SKILL.md", parts.count > 1 { return parts[parts.count - 2] }
        return file.hasSuffix(".md") ? String(file.dropLast(3)) : file
    }

    /// The lines of a front matter, as far as they are plain: `name: value`, quoted or not.
    static func frontMatter(of text: String) -> [String: String] {
        let lines = text.split(maxSplits: 100, omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.first == "---" else { return [:] }
        var members: [String: String] = [:]
        for line in lines.dropFirst() {
            if line == "---" { return members }
            guard let colon = line.firstIndex(of: ":"), let first = line.first, first != " ", first != "#" else { continue }
            var value = line[line.index(after: colon)...].drop { $0 == " " }
            while value.last == " " { value.removeLast() }
            if value.count >= 2, let quote = value.first, quote == "\"" || quote == "'", value.last == quote {
                value = value.dropFirst().dropLast()
            }
            members[String(line[..<colon])] = String(value)
        }
        return [:]
    }
}
