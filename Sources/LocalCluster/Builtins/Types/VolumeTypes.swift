extension BuiltinTypes {
    /// Volumes of pods, persistent volumes and claims.
    static let volumeTypes = """
        Volume
          name:string! hostPath:HostPathVolume? emptyDir:EmptyDirVolume? secret:SecretVolume? configMap:ConfigMapVolume?
          persistentVolumeClaim:ClaimVolume? projected:ProjectedVolume? downwardAPI:DownwardAPIVolume? nfs:NFSVolume? csi:CSIVolume?
          ephemeral:EphemeralVolume? gcePersistentDisk:any? awsElasticBlockStore:any? gitRepo:any? iscsi:any? glusterfs:any? rbd:any?
          flexVolume:any? cinder:any? cephfs:any? flocker:any? fc:any? azureFile:any? vsphereVolume:any? quobyte:any? azureDisk:any?
          photonPersistentDisk:any? portworxVolume:any? scaleIO:any? storageos:any? image:any?
        HostPathVolume
          path:string! type:string?
        EmptyDirVolume
          medium:string sizeLimit:quantity?
        SecretVolume
          secretName:string items:[KeyToPath] defaultMode:int? optional:bool?
        ConfigMapVolume
          name:string items:[KeyToPath] defaultMode:int? optional:bool?
        KeyToPath
          key:string! path:string! mode:int?
        ClaimVolume
          claimName:string! readOnly:bool
        ProjectedVolume
          sources:[VolumeProjection]! defaultMode:int?
        VolumeProjection
          secret:ConfigProjection? configMap:ConfigProjection? downwardAPI:DownwardAPIProjection? serviceAccountToken:TokenProjection?
          clusterTrustBundle:any?
        ConfigProjection
          name:string items:[KeyToPath] optional:bool?
        DownwardAPIProjection
          items:[DownwardAPIFile]
        DownwardAPIVolume
          items:[DownwardAPIFile] defaultMode:int?
        DownwardAPIFile
          path:string! fieldRef:ObjectFieldSelector? resourceFieldRef:ResourceFieldSelector? mode:int?
        TokenProjection
          audience:string expirationSeconds:int? path:string!
        NFSVolume
          server:string! path:string! readOnly:bool
        CSIVolume
          driver:string! readOnly:bool? fsType:string? volumeAttributes:{string} nodePublishSecretRef:LocalObjectReference?
        EphemeralVolume
          volumeClaimTemplate:PersistentVolumeClaimTemplate?
        PersistentVolumeClaimTemplate
          metadata:ObjectMeta spec:PersistentVolumeClaimSpec
        PersistentVolumeClaim
          metadata:ObjectMeta spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus
        EmbeddedPersistentVolumeClaim
          apiVersion:string kind:string metadata:ObjectMeta spec:PersistentVolumeClaimSpec status:PersistentVolumeClaimStatus
        PersistentVolumeClaimSpec
          accessModes:[string] selector:LabelSelector? resources:ResourceRequirements volumeName:string storageClassName:string?
          volumeMode:string? dataSource:TypedLocalObjectReference? dataSourceRef:TypedObjectReference? volumeAttributesClassName:string?
        PersistentVolumeClaimStatus
          phase:string accessModes:[string] capacity:{quantity} conditions:[ProbedCondition]@type allocatedResources:{quantity}
          allocatedResourceStatuses:{string}
        PersistentVolume
          metadata:ObjectMeta spec:PersistentVolumeSpec status:PersistentVolumeStatus
        PersistentVolumeSpec
          capacity:{quantity} accessModes:[string] claimRef:ObjectReference? persistentVolumeReclaimPolicy:string storageClassName:string
          mountOptions:[string] volumeMode:string? nodeAffinity:VolumeNodeAffinity? hostPath:HostPathVolume? local:LocalVolume?
          nfs:NFSVolume? csi:CSIPersistentVolume? gcePersistentDisk:any? awsElasticBlockStore:any? iscsi:any? rbd:any? cephfs:any? fc:any?
          flexVolume:any? azureFile:any? azureDisk:any? vsphereVolume:any? volumeAttributesClassName:string?
        LocalVolume
          path:string! fsType:string?
        CSIPersistentVolume
          driver:string! volumeHandle:string! readOnly:bool fsType:string volumeAttributes:{string}
          controllerPublishSecretRef:SecretReference? nodeStageSecretRef:SecretReference? nodePublishSecretRef:SecretReference?
          controllerExpandSecretRef:SecretReference? nodeExpandSecretRef:SecretReference?
        VolumeNodeAffinity
          required:NodeSelector?
        PersistentVolumeStatus
          phase:string message:string reason:string lastPhaseTransitionTime:time?
        """
}
