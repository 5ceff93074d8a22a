import { expect, it } from '@jest/globals';
import { resourceAttributes, resourceOf } from './resource.js';
import { version } from './version.js';

it('names the app, its release, this start of it and the environment', () => {
  const resource = resourceOf('api', { NODE_ENV: 'production' });
  expect(resource).toEqual({
    'service.name': 'mainstay-api',
    'service.version': version(),
    'service.instance.id': expect.stringMatching(/^[\da-f-]{36}$/),
    'deployment.environment.name': 'production',
  });
  expect(resourceOf('api', { NODE_ENV: 'production' })).toEqual(resource);
  expect(resourceOf('worker', {})).not.toMatchObject({
    'service.instance.id': resource['service.instance.id'],
  });
  expect(resourceOf('api', {})).toMatchObject({ 'deployment.environment.name': 'development' });
});

it('takes what the variables of OpenTelemetry say, but for the id', () => {
  const OTEL_RESOURCE_ATTRIBUTES =
    'service.name=a, service.version=2%2C0,deployment.environment.name=stage 2,service.instance.id=pod-1,team=x';
  expect(resourceOf('api', { OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME: '' })).toEqual({
    'service.name': 'a',
    'service.version': '2,0',
    'service.instance.id': resourceOf('api', {})['service.instance.id'],
    'deployment.environment.name': 'stage 2',
  });
  expect(resourceOf('api', { OTEL_RESOURCE_ATTRIBUTES, OTEL_SERVICE_NAME: 'b' })['service.name']).toBe('b');
});

it.each(['service.name', 'a=1=2', '=1', 'a=%zz', 'service.name=a,b'])(
  'takes nothing from %s, which is malformed',
  (text) => {
    expect(resourceAttributes({ OTEL_RESOURCE_ATTRIBUTES: text })).toEqual({});
  },
);
