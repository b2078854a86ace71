import KubernetesModel

/// Which program of this machine stands for which image.
public struct ImageMap: Sendable, Hashable {
    /// What is known of an image.
    enum Found: Sendable, Hashable {
        /// The path of the program that stands for it.
        case program(String)
        /// Other images of its repository have programs; it has none.
        case absent
        /// Nobody has said anything about its repository.
        case foreign
    }

    /// Programs by tag, by repository.
    private var programs: [String: [String: String]] = [:]

    /// No image has a program.
    public init() {}

    /// Reads a map.
    ///
    /// - Parameter entries: each `NAME:TAG=PROGRAM`; without a tag, `latest` is meant, as elsewhere, and `*` for all tags that have none of
    ///   their own.
    /// - Throws: ``ProcessRuntimeError`` with the code `image_malformed` when one is something else, or two name one image.
    public init(_ entries: [String]) throws(ProcessRuntimeError) {
        for entry in entries {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw ProcessRuntimeError(.imageMalformed, "'\(entry)' is not of the form NAME:TAG=PROGRAM")
            }
            try add(parts[0], program: parts[1])
        }
    }

    /// Has a program stand for an image.
    ///
    /// - Throws: ``ProcessRuntimeError`` with the code `image_malformed` when the image has another one.
    public mutating func add(_ image: String, program: String) throws(ProcessRuntimeError) {
        let name = ImageName(image)
        guard !name.repository.isEmpty, !name.tag.isEmpty else {
            throw ProcessRuntimeError(.imageMalformed, "'\(image)' is no name of an image")
        }
        guard programs[name.repository]?[name.tag] == nil else {
            throw ProcessRuntimeError(.imageMalformed, "The image \(image) is given two programs")
        }
        programs[name.repository, default: [:]][name.tag] = program
    }

    /// Whether no image has a program.
    public var isEmpty: Bool { programs.isEmpty }

    /// All programs, in the order of their images.
    public var all: [(image: String, program: String)] {
        programs.sorted { $0.key < $1.key }.flatMap { repository, tags in
            tags.sorted { $0.key < $1.key }.map { ("\(repository):\($0.key)", $0.value) }
        }
    }

    /// Whether a pod runs as processes: one of its images is of a repository that has programs.
    public func runs(_ pod: CoreV1.Pod) -> Bool {
        ((pod.spec?.initContainers ?? []) + (pod.spec?.containers ?? [])).contains { find($0.image ?? "") != .foreign }
    }

    /// What is known of an image.
    func find(_ image: String) -> Found {
        let name = ImageName(image)
        guard let tags = programs[name.repository] else { return .foreign }
        return (tags[name.tag] ?? tags["*"]).map { .program($0) } ?? .absent
    }
}
