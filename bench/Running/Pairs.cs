using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace WsCore.Benchmarks.Running;

/// <summary>The benchmarks of this program, and the rule that each class has an ordinary one and an adverse one.</summary>
internal static class Pairs
{
    /// <summary>Every class with benchmarks, by name.</summary>
    public static IEnumerable<Type> Classes =>
        typeof(Pairs).Assembly.GetTypes().Where(type => Methods(type).Any()).OrderBy(type => type.Name, StringComparer.Ordinal);

    /// <summary>What breaks the rule, a sentence each.</summary>
    public static IEnumerable<string> Problems()
    {
        foreach (var type in Classes)
        {
            var methods = Methods(type).ToDictionary(method => method.Name);
            var twins = methods.Values.Select(method => method.GetCustomAttribute<AdverseAttribute>()?.Twin).OfType<string>().ToArray();
            if (twins.Length == 0)
            {
                yield return $"{type.Name} has no adverse benchmark.";
            }

            foreach (var twin in twins.Where(twin => !methods.TryGetValue(twin, out var method) || method.IsDefined(typeof(AdverseAttribute))))
            {
                yield return $"{type.Name}: '{twin}' is not an ordinary benchmark of this class.";
            }

            foreach (var method in methods.Values.Where(method => method.GetCustomAttribute<BenchmarkAttribute>()!.Description is null))
            {
                yield return $"{type.Name}.{method.Name} does not say what one operation is.";
            }
        }
    }

    private static IEnumerable<MethodInfo> Methods(Type type) => type.GetMethods().Where(method => method.IsDefined(typeof(BenchmarkAttribute)));
}
