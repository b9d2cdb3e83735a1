using System;
using System.Collections;
using System.Linq;
using System.Reflection;
using System.Runtime.ExceptionServices;
using System.Threading;
using System.Threading.Tasks;

namespace Wimwright
{
    /// <summary>
    /// One operation on another thread, for callers that cannot be called back from there, as PowerShell scripts: they
    /// ask for the latest progress between waits.
    /// </summary>
    public sealed class Background : IProgress<ProgressEvent>, IDisposable
    {
        private readonly CancellationTokenSource cancel = new CancellationTokenSource();
        private Task<object> task;
        private volatile ProgressEvent latest;

        private Background()
        {
        }

        /// <summary>The latest report; null before the first.</summary>
        public ProgressEvent Latest => latest;

        /// <summary>Starts a method of this assembly by its name.</summary>
        /// <param name="target">The object; of a static method its type.</param>
        /// <param name="method">The method. Its progress and cancel are this object's.</param>
        /// <param name="arguments">The other arguments by their names; those left out have their defaults.</param>
        public static Background Start(object target, string method, IDictionary arguments)
        {
            Type type = target as Type ?? target.GetType();
            MethodInfo found = type.GetMethods().FirstOrDefault(m => m.Name == method && Takes(m, arguments));
            if (type.Assembly != typeof(Background).Assembly || found == null)
            {
                throw new MissingMethodException(type.FullName, method);
            }
            var work = new Background();
            object[] values = found.GetParameters().Select(p => work.Value(p, arguments)).ToArray();
            object self = found.IsStatic ? null : target;
            work.task = Task.Factory.StartNew(
                () => found.Invoke(self, values), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default);
            return work;
        }

        /// <summary>Whether it has ended within so many milliseconds.</summary>
        public bool Wait(int milliseconds)
        {
            return ((IAsyncResult)task).AsyncWaitHandle.WaitOne(milliseconds);
        }

        /// <summary>Asks it to end.</summary>
        public void Cancel()
        {
            cancel.Cancel();
        }

        /// <summary>What it came to; its failure is thrown.</summary>
        public object GetResult()
        {
            try
            {
                return task.GetAwaiter().GetResult();
            }
            catch (TargetInvocationException e)
            {
                ExceptionDispatchInfo.Capture(e.InnerException).Throw();
                throw;
            }
        }

        void IProgress<ProgressEvent>.Report(ProgressEvent value)
        {
            latest = value;
        }

        /// <summary>Asks it to end, and waits until it has.</summary>
        public void Dispose()
        {
            cancel.Cancel();
            ((IAsyncResult)task).AsyncWaitHandle.WaitOne();
            cancel.Dispose();
        }

        private static bool Takes(MethodInfo method, IDictionary arguments)
        {
            ParameterInfo[] parameters = method.GetParameters();
            return arguments.Keys.Cast<string>().All(name => parameters.Any(p => p.Name == name))
                && parameters.All(p => p.IsOptional || arguments.Contains(p.Name));
        }

        private object Value(ParameterInfo parameter, IDictionary arguments)
        {
            if (parameter.ParameterType == typeof(IProgress<ProgressEvent>))
            {
                return this;
            }
            if (parameter.ParameterType == typeof(CancellationToken))
            {
                return cancel.Token;
            }
            if (arguments.Contains(parameter.Name))
            {
                return arguments[parameter.Name];
            }
            return parameter.DefaultValue;
        }
    }
}
