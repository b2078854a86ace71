import JSONValue

/// What the command line knows of a type of objects: its words, its operations, its columns.
///
/// The verbs read it: a type has the verbs whose routes it has.
public struct ResourceDeclaration: Sendable {
    /// The word for several, as in `oc get tenants`.
    public let plural: String
    /// The word for one, as in `tenant/mia`.
    public let singular: String
    /// Further words.
    public let aliases: [String]
    /// The type in a sentence.
    public let summary: String
    /// `kind` of a document that describes one (`oc apply -f`).
    public let kind: String
    /// What names one object: its own name last, those of what it is part of before. Empty when there is one only.
    public let arguments: [String]
    /// The type that the first argument names, for types that are part of another; `nil` for others.
    public let parentType: String?
    /// Members of an object that cannot be written: `apply` leaves them out.
    public let readOnly: Set<String>
    /// The operation that lists; it takes all but the last of the arguments.
    public let list: Route?
    /// The operation that reads one.
    public let get: Route?
    /// The operation that makes one; it takes all but the last of the arguments.
    public let create: Route?
    /// The operation that changes or replaces one.
    public let update: Route?
    /// The operation that deletes one.
    public let delete: Route?
    /// Further operations on one, or on all.
    public let actions: [ActionDeclaration]
    /// The member of a list's answer that holds the objects; `nil` when the answer is the list.
    public let elements: String?
    /// The member of a single answer that holds the object; `nil` when the answer is the object.
    public let element: String?
    /// The member that names an object.
    public let nameMember: String
    /// The columns of a table.
    public let columns: [Column]
    /// The options of `get` that narrow the list, with the query parameter of each.
    public let filters: [Filter]
    /// How many objects a list holds at most when nothing is said; `nil` for all. For lists that grow without end.
    public let defaultLimit: Int?
    /// The member of the answer to `create` that is shown this once.
    public let revealed: String?
    /// The member of the answer to `create` that names the new object, when it is called otherwise than ``nameMember``.
    public let createdMember: String?
    /// The media type of an object that is a text, not JSON; `nil` for JSON.
    public let mediaType: String?
    /// The operation that tells what Kubernetes recorded about one; `nil` for types without events.
    public let events: Route?
    /// Where each change comes as an event (`text/event-stream`); `nil` when it has to be looked for.
    public let stream: Route?
    /// How to see whether one is ready; `nil` when that means nothing for the type.
    public let readiness: Readiness?

    /// An option of `get` for a type.
    public struct Filter: Sendable, Hashable {
        /// The option, without dashes.
        public let option: String
        /// The query parameter.
        public let parameter: String

        /// A filter; the parameter is called as the option unless told otherwise.
        public init(_ option: String, _ parameter: String? = nil) {
            self.option = option
            self.parameter = parameter ?? option
        }
    }

    /// Declares a type. `aliases` always holds the singular.
    public init(
        plural: String,
        singular: String,
        aliases: [String] = [],
        summary: String,
        kind: String,
        arguments: [String] = ["NAME"],
        parentType: String? = nil,
        readOnly: Set<String> = [],
        list: Route? = nil,
        get: Route? = nil,
        create: Route? = nil,
        update: Route? = nil,
        delete: Route? = nil,
        actions: [ActionDeclaration] = [],
        elements: String? = nil,
        element: String? = nil,
        nameMember: String = "name",
        columns: [Column] = [],
        filters: [Filter] = [],
        defaultLimit: Int? = nil,
        revealed: String? = nil,
        createdMember: String? = nil,
        mediaType: String? = nil,
        events: Route? = nil,
        stream: Route? = nil,
        readiness: Readiness? = nil
    ) {
        self.plural = plural
        self.singular = singular
        self.aliases = aliases
        self.summary = summary
        self.kind = kind
        self.arguments = arguments
        self.parentType = parentType
        self.readOnly = readOnly
        self.list = list
        self.get = get
        self.create = create
        self.update = update
        self.delete = delete
        self.actions = actions
        self.elements = elements
        self.element = element
        self.nameMember = nameMember
        self.columns = columns
        self.filters = filters
        self.defaultLimit = defaultLimit
        self.revealed = revealed
        self.createdMember = createdMember
        self.mediaType = mediaType
        self.events = events
        self.stream = stream
        self.readiness = readiness
    }

    /// Whether a word means this type; upper and lower case do not differ.
    func isMeant(by word: String) -> Bool {
        let word = word.lowercased()
        return word == plural || word == singular || aliases.contains(word) || word == kind.lowercased()
    }

    /// The words besides the singular.
    var otherWords: [String] { (plural == singular ? [] : [plural]) + aliases }

    /// How many names come before an object's own.
    var parents: Int { max(0, arguments.count - 1) }

    /// The name of an object, as shown.
    func name(of object: JSON) -> String {
        let value = object[nameMember]
        return value?.stringValue ?? value?.text() ?? singular
    }

    /// `tenant/mia`; the type alone when there is one only.
    func label(_ name: String?) -> String { name.map { "\(singular)/\($0)" } ?? singular }

    /// The operation of a verb on it.
    func action(_ verb: String) -> ActionDeclaration? { actions.first { $0.verb == verb } }

    /// The verbs of the type, in the order of help.
    public var verbs: [String] {
        var verbs: [String] = []
        if list != nil || get != nil { verbs += ["get", "watch"] }
        if get != nil { verbs.append("describe") }
        if create != nil { verbs.append("create") }
        if update != nil { verbs.append("update") }
        if get != nil, create != nil, update != nil { verbs += ["apply", "diff"] }
        if delete != nil { verbs.append("delete") }
        if events != nil || stream != nil { verbs.append("events") }
        if readiness?.status != nil { verbs.append("status") }
        if readiness != nil { verbs += ["wait", "doctor"] }
        return verbs + actions.map(\.verb)
    }
}
