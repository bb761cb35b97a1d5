using System.Reflection;
using System.Text;

namespace WsCore.Tests.Repository;

/// <summary>Writes the public face of an assembly down, readable and in a stable order. Attributes are left out.</summary>
internal static class ApiListing
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Head(type)).Append('\n');
            foreach (var line in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(line).Append('\n');
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Head(Type type)
    {
        var kind = type.IsInterface ? "interface"
            : type.IsEnum ? "enum"
            : type.IsValueType ? "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class"
            : "class";
        Type[] bases = [.. type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) ? new[] { parent } : []];
        var above = bases.Concat(type.IsEnum ? [] : type.GetInterfaces().OrderBy(name => name.FullName, StringComparer.Ordinal)).Select(Name).ToList();
        return $"{kind} {type.Namespace}.{Name(type)}{(above.Count > 0 ? " : " + string.Join(", ", above) : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        foreach (var field in type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily))
        {
            if (field.IsLiteral)
            {
                yield return $"const {field.Name} = {(type.IsEnum ? Convert.ToInt64(field.GetRawConstantValue()) : field.GetRawConstantValue())}";
            }
            else if (!field.IsSpecialName)
            {
                yield return $"field {Typed(Nullability.Create(field))} {field.Name}";
            }
        }

        foreach (var constructor in type.GetConstructors(Declared).Where(IsVisible))
        {
            yield return $"{Access(constructor)}.ctor({Parameters(constructor)})";
        }

        foreach (var property in type.GetProperties(Declared).Where(property => property.GetAccessors(true).Any(IsVisible)))
        {
            var accessors = string.Join(' ', property.GetAccessors(true).Where(IsVisible).Select(accessor =>
                accessor == property.GetMethod ? "get;" : IsInit(accessor) ? "init;" : "set;"));
            yield return $"{Access(property.GetAccessors(true).First(IsVisible))}{Typed(Nullability.Create(property))} {property.Name} {{ {accessors} }}";
        }

        foreach (var method in type.GetMethods(Declared).Where(method => IsVisible(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))))
        {
            var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Constrained))}>" : "";
            yield return $"{Access(method)}{Typed(Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)})";
        }
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsInit(MethodInfo setter) =>
        setter.ReturnParameter.GetRequiredCustomModifiers().Any(modifier => modifier.Name == "IsExternalInit");

    private static string Access(MethodBase method) =>
        (method.IsPublic ? "" : "protected ")
        + (method.IsStatic ? "static " : "")
        + (method is MethodInfo info && method is { IsVirtual: true, IsFinal: false } && method.DeclaringType is { IsInterface: false }
            ? info.IsAbstract ? "abstract " : info.GetBaseDefinition() != info ? "override " : "virtual "
            : "");

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        (parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "")
        + $"{Typed(Nullability.Create(parameter))} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {parameter.RawDefaultValue ?? "default"}" : "")));

    private static string Constrained(Type argument) =>
        argument.GetGenericParameterConstraints() is { Length: > 0 } constraints ? $"{argument.Name} : {string.Join(" & ", constraints.Select(Name))}" : argument.Name;

    /// <summary>A type with its question marks.</summary>
    private static string Typed(NullabilityInfo info)
    {
        var type = info.Type.IsByRef ? info.Type.GetElementType()! : info.Type;
        var name = info.ElementType is { } element ? Typed(element) + "[]"
            : info.GenericTypeArguments.Length > 0 && Nullable.GetUnderlyingType(type) is null
                ? $"{Plain(type)}<{string.Join(", ", info.GenericTypeArguments.Select(Typed))}>"
                : Name(type);
        return type is { IsValueType: false, IsGenericParameter: false } && (info.ReadState == NullabilityState.Nullable || info.WriteState == NullabilityState.Nullable) ? name + "?" : name;
    }

    private static string Name(Type type) =>
        type.IsByRef ? Name(type.GetElementType()!)
        : type.IsArray ? Name(type.GetElementType()!) + "[]"
        : Nullable.GetUnderlyingType(type) is { } underlying ? Name(underlying) + "?"
        : type.IsGenericType ? $"{Plain(type)}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.IsNested && !type.IsGenericParameter ? $"{Name(type.DeclaringType!)}.{type.Name}"
        : type.Name switch
        {
            "Void" => "void", "String" => "string", "Boolean" => "bool", "Int32" => "int", "Int64" => "long", "UInt16" => "ushort", "Object" => "object",
            _ => type.Name,
        };

    private static string Plain(Type type) => type.Name.Split('`')[0];
}
