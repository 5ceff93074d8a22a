// In our sources "./x.js" means "./x.ts"; packages are left alone. There is no asynchronous form of this resolver, because jest
// loads modules one by one, and slower, when there is one.
const { sep } = require('node:path');

const packages = `${sep}node_modules${sep}`;

exports.sync = (request, options) => {
  const isOurs = /^\.{1,2}\/.*\.js$/.test(request) && !options.basedir.includes(packages);
  if (!isOurs) return options.defaultResolver(request, options);
  try {
    return options.defaultResolver(request.replace(/\.js$/, '.ts'), options);
  } catch {
    return options.defaultResolver(request, options);
  }
};
