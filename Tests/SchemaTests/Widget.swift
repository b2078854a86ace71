import JSONValue

/// The schema of the kind that the recordings of a real API server use.
enum Widget {
    static let schema: JSON = [
        "type": "object", "required": ["spec"],
        "properties": [
            "spec": [
                "type": "object", "required": ["size"],
                "x-kubernetes-validations": [["rule": "self.size <= self.limit", "message": "size must not exceed limit"]],
                "properties": [
                    "size": ["type": "integer", "minimum": 1, "maximum": 100], "limit": ["type": "integer", "default": 50],
                    "kind": ["type": "string", "enum": ["plain", "fancy"], "default": "plain"],
                    "name": ["type": "string", "minLength": 2, "maxLength": 20, "pattern": "^[a-z][a-z0-9-]*$"],
                    "tags": ["type": "array", "maxItems": 3, "items": ["type": "string"], "x-kubernetes-list-type": "set"],
                    "ports": [
                        "type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
                        "items": [
                            "type": "object", "required": ["name"],
                            "properties": ["name": ["type": "string"], "port": ["type": "integer", "default": 80]],
                        ],
                    ],
                    "owner": [
                        "type": "object",
                        "properties": ["email": ["type": "string", "format": "email"], "active": ["type": "boolean", "default": true]],
                    ],
                    "free": ["type": "object", "x-kubernetes-preserve-unknown-fields": true],
                    "labels": ["type": "object", "additionalProperties": ["type": "string"]],
                    "amount": ["x-kubernetes-int-or-string": true],
                ],
            ]
        ],
    ]
}
