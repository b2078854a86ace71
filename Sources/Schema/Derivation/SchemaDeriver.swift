import JSONValue

/// Derives schemas from Swift types, with a component for every type that is an object.
///
/// The type's own `init(from:)` runs against a decoder that notes which keys it asks for, with which types, and whether it can do without
/// them, and that answers with placeholders. Nothing has to be written twice and nothing can drift apart.
public struct SchemaDeriver: Sendable {
    /// The schemas of the types seen so far, by component name.
    public private(set) var components: [String: JSONSchema] = [:]
    private var names: [ObjectIdentifier: String] = [:]

    /// A deriver that has seen nothing.
    public init() {}

    /// The schema of a type: a reference for one that is an object, in line for everything else.
    ///
    /// - Throws: ``SchemaError`` with code `notDescribable` when the type refuses placeholders; such a type conforms to
    ///   ``SchemaRepresentable``.
    public mutating func schema<Value: Decodable>(for type: Value.Type) throws(SchemaError) -> JSONSchema {
        let context = DerivationContext(components: components, names: names)
        let schema = try context.schema(of: type)
        components = context.components
        names = context.names
        return schema
    }
}

extension JSONSchema {
    /// The schema of a Swift type, everything in line.
    ///
    /// - Throws: ``SchemaError`` when the type cannot be probed, or contains itself.
    public static func derived<Value: Decodable>(from type: Value.Type) throws(SchemaError) -> JSONSchema {
        var deriver = SchemaDeriver()
        return try deriver.schema(for: type).inlined(deriver.components)
    }
}

/// What is known while one derivation runs.
final class DerivationContext {
    private(set) var components: [String: JSONSchema]
    private(set) var names: [ObjectIdentifier: String]
    private var depth = 0

    init(components: [String: JSONSchema], names: [ObjectIdentifier: String]) {
        self.components = components
        self.names = names
    }

    /// The schema of a type.
    func schema<Value: Decodable>(of type: Value.Type) throws(SchemaError) -> JSONSchema {
        if let representable = type as? any SchemaRepresentable.Type { return representable.jsonSchema }
        if let scalar = ProbedScalar.schema(of: type) { return scalar }
        if let container = type as? any ProbedContainer.Type { return try container.schema(in: self) }
        if let cases = ProbedEnumeration.schema(of: type) { return Self.noted(cases, type) }
        let id = ObjectIdentifier(type)
        if let name = names[id] { return .reference(name) }
        return try component(for: type, id: id)
    }

    /// A value of a type to go on with; its content means nothing.
    func placeholder<Value: Decodable>(of type: Value.Type) throws(SchemaError) -> Value {
        do {
            if let representable = type as? any SchemaRepresentable.Type {
                let sample = representable.schemaSample
                return try sample.decode(type)
            }
            if let scalar = ProbedScalar.placeholder(of: type) { return scalar }
            if let container = type as? any ProbedContainer.Type, let empty = container.emptyValue as? Value { return empty }
            if let first = ProbedEnumeration.first(of: type) { return first }
            guard depth < 64 else { throw SchemaError(.recursive, "\(type) contains itself") }
            depth += 1
            defer { depth -= 1 }
            return try Value(from: ProbeDecoder(context: self, recorder: ProbeRecorder()))
        } catch let error as SchemaError {
            throw error
        } catch {
            throw Self.notDescribable(type, error)
        }
    }

    private func component<Value: Decodable>(for type: Value.Type, id: ObjectIdentifier) throws(SchemaError) -> JSONSchema {
        let name = (type as? any SchemaDescribing.Type)?.schemaName ?? ComponentName.name(reflecting: type)
        guard components[name] == nil, !names.values.contains(name) else {
            throw SchemaError(.nameTaken, "\(String(reflecting: type)) would be the second type named \(name); give one a schemaName")
        }
        names[id] = name
        let recorder = ProbeRecorder()
        do {
            _ = try Value(from: ProbeDecoder(context: self, recorder: recorder))
        } catch let error as SchemaError {
            names[id] = nil
            throw error
        } catch {
            names[id] = nil
            throw Self.notDescribable(type, error)
        }
        switch recorder.shape {
        case .single(let schema):
            names[id] = nil
            return Self.noted(schema, type)
        case .elements(let schema):
            names[id] = nil
            return Self.noted(.array(of: schema), type)
        case .members:
            components[name] = try Self.object(recorder, type)
            return .reference(name)
        }
    }

    private static func object(_ recorder: ProbeRecorder, _ type: Any.Type) throws(SchemaError) -> JSONSchema {
        let describing = type as? any SchemaDescribing.Type
        let notes = describing?.schemaNotes ?? [:]
        var schema = JSONSchema(type: .object)
        var required: [String] = []
        for (key, property) in recorder.properties {
            let note = notes[key] ?? SchemaNote()
            schema.properties[key] = note.applied(to: property.schema)
            if note.isRequired(declared: property.isRequired) { required.append(key) }
        }
        if let stranger = notes.keys.sorted().first(where: { recorder.properties[$0] == nil }) {
            throw SchemaError(.unknownProperty, "The notes of \(type) name a property \(stranger) that it does not decode")
        }
        schema.required = required.sorted()
        return noted(schema, type)
    }

    private static func noted(_ schema: JSONSchema, _ type: Any.Type) -> JSONSchema {
        guard let describing = type as? any SchemaDescribing.Type else { return schema }
        return describing.schemaNote.applied(to: schema)
    }

    private static func notDescribable(_ type: Any.Type, _ error: any Error) -> SchemaError {
        SchemaError(
            .notDescribable,
            "\(String(reflecting: type)) cannot be described by probing, because its init(from:) refuses placeholder values (\(error)); "
                + "make it CaseIterable if it is an enum of texts, otherwise SchemaRepresentable"
        )
    }
}
