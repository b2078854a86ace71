extension BuiltinTypes {
    /// Custom resource definitions. A schema is kept as it is: it is read by module Schema.
    static let extensionTypes = """
        CustomResourceDefinition
          metadata:ObjectMeta spec:CustomResourceDefinitionSpec status:CustomResourceDefinitionStatus
        CustomResourceDefinitionSpec
          group:string! names:CustomResourceNames scope:string! versions:[CustomResourceVersion]! conversion:CustomResourceConversion?
          preserveUnknownFields:bool
        CustomResourceNames
          plural:string! singular:string shortNames:[string] kind:string! listKind:string categories:[string]
        CustomResourceVersion
          name:string! served:bool! storage:bool! deprecated:bool deprecationWarning:string? schema:CustomResourceValidation?
          subresources:CustomResourceSubresources? additionalPrinterColumns:[PrinterColumn] selectableFields:[SelectableField]
        CustomResourceValidation
          openAPIV3Schema:any?
        CustomResourceSubresources
          status:any? scale:CustomResourceScale?
        CustomResourceScale
          specReplicasPath:string! statusReplicasPath:string! labelSelectorPath:string?
        PrinterColumn
          name:string! type:string! format:string description:string priority:int jsonPath:string!
        SelectableField
          jsonPath:string!
        CustomResourceConversion
          strategy:string! webhook:any?
        CustomResourceDefinitionStatus
          conditions:[WorkloadCondition]!@type acceptedNames:CustomResourceNames storedVersions:[string]! observedGeneration:int
        """
}
