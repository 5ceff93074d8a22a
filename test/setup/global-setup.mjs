import { startServices, stopServices } from './services.mjs';

export default async function globalSetup({ rootDir }) {
  try {
    await startServices(rootDir);
  } catch (error) {
    await stopServices();
    throw error;
  }
}
