namespace WsCore.Benchmarks.Running;

/// <summary>A benchmark that makes it as hard for the code as a stranger could, and its twin that does not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AdverseAttribute(string twin) : Attribute
{
    /// <summary>Name of the method that it is compared with.</summary>
    public string Twin { get; } = twin;
}
