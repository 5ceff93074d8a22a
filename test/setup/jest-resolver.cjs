// In our sources "./x.js" means "./x.ts"; packages are left alone.
const { sep } = require('node:path');

const packages = `${sep}node_modules${sep}`;

function source(request, { basedir }) {
  const ours = /^\.{1,2}\/.*\.js$/.test(request) && !basedir.includes(packages);
  return ours ? request.replace(/\.js$/, '.ts') : undefined;
}

module.exports = {
  sync(request, options) {
    const typescript = source(request, options);
    try {
      return options.defaultResolver(typescript ?? request, options);
    } catch (error) {
      if (!typescript) throw error;
      return options.defaultResolver(request, options);
    }
  },
  async async(request, options) {
    const typescript = source(request, options);
    try {
      return await options.defaultAsyncResolver(typescript ?? request, options);
    } catch (error) {
      if (!typescript) throw error;
      return options.defaultAsyncResolver(request, options);
    }
  },
};
